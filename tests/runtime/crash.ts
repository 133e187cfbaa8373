import { assert, assertEquals } from "@std/assert";
import { D } from "../../src/xml/names.ts";
import { event } from "../fixtures/events.ts";
import { basic, multistatusOf } from "../harness.ts";
import { large } from "../http/large.ts";
import type { Random } from "../seeded.ts";
import { until } from "./until.ts";

/** What one URL held and will hold; undefined is nothing. */
interface Change {
  readonly href: string;
  readonly before?: string;
  readonly after?: string;
}

/** A client's copy of a collection, as sync-collection has told it. */
interface Replica {
  readonly calendar: string;
  readonly token: string;
  readonly etags: ReadonlyMap<string, string>;
}

/** Somebody at work, until told to end. */
export interface Writing {
  /** Settles in the middle of the writing, when so many more requests have been answered. */
  answered(count: number): Promise<void>;
  /** Lets requests that are under way come to an end, whatever it is. */
  end(): Promise<void>;
}

const home = "/dav/calendars/alice/";
const writers = 4;

/**
 * Writes to calendars while servers die, remembering what was acknowledged; then holds against them
 * what a client knows. Each request has a connection of its own, and so any of several processes.
 */
export class CrashRun implements Disposable {
  readonly #client = Deno.createHttpClient({ poolMaxIdlePerHost: 0 });
  /** What was acknowledged, by its URL. */
  readonly #known = new Map<string, string | undefined>();
  readonly #calendars = new Set([`${home}calendar/`]);
  /** What was asked for and never acknowledged: it was done, all of it, or nothing. */
  #doubts: (readonly Change[])[] = [];
  readonly #doubtfulCalendars = new Set<string>();
  readonly #replicas: Replica[] = [];
  /** URLs that somebody is writing to, or that are in doubt: two writers would know nothing. */
  readonly #busy = new Set<string>();
  readonly #waiting = new Set<{ readonly count: number; readonly resolve: () => void }>();
  #next = 0;
  /** Requests that were answered. */
  acknowledged = 0;

  constructor(readonly url: () => string, readonly random: Random) {}

  [Symbol.dispose]() {
    this.#client.close();
  }

  begin(): Writing {
    let ending = false;
    const write = async () => {
      while (!ending) {
        try {
          await this.#step();
        } catch (error) {
          if (!isLoss(error)) throw error;
          await until("somebody answers again", async () => ending || await this.#isReady());
        }
      }
    };
    const enough = (more: number) =>
      new Promise<void>((resolve) => {
        this.#waiting.add({ count: this.acknowledged + more, resolve });
      });
    const done = Promise.all(Array.from({ length: writers }, write));
    return {
      async answered(more) {
        await Promise.race([done, enough(more)]);
      },
      async end() {
        ending = true;
        await done;
      },
    };
  }

  async #isReady(): Promise<boolean> {
    try {
      await (await this.#ask("GET", "/readyz")).body?.cancel();
      return true;
    } catch (error) {
      if (!isLoss(error)) throw error;
      return false;
    }
  }

  async #step(): Promise<void> {
    const { random } = this;
    const calendar = random.pick([...this.#calendars]);
    if (random.chance(0.05)) return await this.#makeCalendar();
    if (random.chance(0.1)) return void this.#replicas.push(await this.#follow({ calendar }));
    const there = [...this.#known].filter(([href, body]) =>
      body !== undefined && !this.#busy.has(href)
    );
    const href = `${calendar}e${this.#next++}.ics`;
    if (there.length === 0 || random.chance(0.4)) return await this.#put(href);
    const [existing, body] = random.pick(there);
    if (random.chance(0.3)) return await this.#remove(existing, body);
    if (random.chance(0.4)) return await this.#move(existing, href, body);
    await this.#put(existing, body);
  }

  async #put(href: string, before?: string): Promise<void> {
    const uid = /UID:(.*)\r\n/.exec(before ?? "")?.[1] ?? crypto.randomUUID();
    const body = this.random.chance(0.03)
      ? large(300_000 + this.#next++, uid) // Goes to the database in several requests.
      : event({ uid, summary: `${this.#next++} ${"x".repeat(this.random.int(3000))}` });
    await this.#change([{ href, before, after: body }], () => this.#ask("PUT", href, { body }));
  }

  async #remove(href: string, before: string | undefined): Promise<void> {
    await this.#change([{ href, before }], () => this.#ask("DELETE", href));
  }

  async #move(from: string, to: string, body: string | undefined): Promise<void> {
    const headers = { destination: this.url() + to, overwrite: "F" };
    const changes = [{ href: from, before: body }, { href: to, after: body }];
    await this.#change(changes, () => this.#ask("MOVE", from, { headers }));
  }

  async #makeCalendar(): Promise<void> {
    const calendar = `${home}c${this.#next++}/`;
    this.#doubtfulCalendars.add(calendar);
    await this.#ask("MKCALENDAR", calendar);
    this.#doubtfulCalendars.delete(calendar);
    this.#calendars.add(calendar);
  }

  async #change(changes: readonly Change[], ask: () => Promise<Response>): Promise<void> {
    for (const { href } of changes) {
      this.#busy.add(href);
      this.#known.delete(href);
    }
    this.#doubts.push(changes);
    await ask();
    this.#doubts = this.#doubts.filter((doubt) => doubt !== changes);
    for (const { href, after } of changes) {
      this.#known.set(href, after);
      this.#busy.delete(href);
    }
  }

  /** @throws What `isLoss` tells: nobody answered, or that it can't. */
  async #ask(
    method: string,
    href: string,
    { headers = {}, body }: { headers?: Record<string, string>; body?: string } = {},
  ): Promise<Response> {
    const response = await fetch(this.url() + href, {
      client: this.#client,
      method,
      headers: {
        authorization: basic("alice", "alice"),
        "content-type": "text/calendar",
        ...headers,
      },
      body,
    });
    if (response.status === 503) {
      await response.body?.cancel();
      throw new Away();
    }
    if (method !== "GET" && method !== "REPORT") {
      assertEquals([method, href, Math.floor(response.status / 100)], [method, href, 2]);
      await response.body?.cancel();
    }
    this.acknowledged++;
    for (const one of this.#waiting) {
      if (this.acknowledged < one.count) continue;
      this.#waiting.delete(one);
      one.resolve();
    }
    return response;
  }

  /** Brings a replica, or an empty one, up to date; what it is told has to be news. */
  async #follow(
    { calendar, token = "", etags = new Map() }: Partial<Replica> & { readonly calendar: string },
  ): Promise<Replica> {
    const body = `<sync-collection xmlns="DAV:"><sync-token>${token}</sync-token>
      <sync-level>1</sync-level><prop><getetag/></prop></sync-collection>`;
    const answer = await multistatusOf(await this.#ask("REPORT", calendar, { body }));
    const now = new Map(etags);
    for (const found of answer.responses) {
      const etag = found.text(D.getetag);
      if (etag === undefined) {
        now.delete(found.href);
      } else {
        assert(etags.get(found.href) !== etag, `${found.href} has not changed`);
        now.set(found.href, etag);
      }
    }
    return { calendar, token: answer.syncToken ?? "", etags: now };
  }

  /** Nothing acknowledged is lost, nothing is half there, and every token tells what has changed. */
  async verify(): Promise<void> {
    const etags = new Map<string, string>();
    const held = async (href: string): Promise<string | undefined> => {
      const response = await this.#ask("GET", href);
      const text = await response.text();
      if (response.status === 404) return undefined;
      assertEquals([href, response.status], [href, 200]);
      etags.set(href, response.headers.get("etag") ?? "");
      return text;
    };
    for (const [href, body] of this.#known) {
      const found = await held(href);
      assert(found === body, `${href} holds ${found}, and not ${body}`);
    }
    for (const changes of this.#doubts) {
      const found: (string | undefined)[] = [];
      for (const { href } of changes) found.push(await held(href));
      const isAs = (side: "before" | "after") =>
        changes.every((change, index) => change[side] === found[index]);
      assert(isAs("before") || isAs("after"), `${JSON.stringify(changes)}: half is done`);
      changes.forEach(({ href }, index) => {
        this.#known.set(href, found[index]);
        this.#busy.delete(href);
      });
    }
    this.#doubts = [];
    for (const calendar of this.#doubtfulCalendars) {
      const response = await this.#ask("GET", calendar);
      await response.body?.cancel();
      if (response.status !== 404) this.#calendars.add(calendar);
    }
    this.#doubtfulCalendars.clear();
    await this.#verifyTokens(etags);
  }

  /** `etags`: of all that is there. */
  async #verifyTokens(etags: ReadonlyMap<string, string>): Promise<void> {
    for (const calendar of this.#calendars) {
      const fresh = await this.#follow({ calendar });
      const there = [...etags].filter(([href]) => href.startsWith(calendar));
      assertEquals(sorted(fresh.etags), sorted(there), calendar);
      for (const replica of this.#replicas.filter((one) => one.calendar === calendar)) {
        const followed = await this.#follow(replica);
        assertEquals(sorted(followed.etags), sorted(fresh.etags), `from ${replica.token}`);
        assertEquals(followed.token, fresh.token);
      }
    }
  }
}

/** The server answered that it can't: its database is away. */
class Away extends Error {}

/** Whether a request was lost: answered by nobody, or with 503. */
const isLoss = (error: unknown): boolean => error instanceof TypeError || error instanceof Away;

const sorted = (entries: Iterable<readonly [string, string]>) =>
  [...entries].sort(([a], [b]) => a < b ? -1 : 1);
