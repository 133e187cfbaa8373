import { assertEquals } from "@std/assert";
import { D } from "../../src/xml/names.ts";
import { event } from "../fixtures/events.ts";
import { basic, multistatusOf } from "../harness.ts";
import type { Random } from "../seeded.ts";

/** What a client knows of one URL. */
interface Known {
  /** Acknowledged; undefined: nothing is there. */
  readonly body?: string;
  /** What it may be as well: a request was sent, and never answered. */
  readonly perhaps: readonly (string | undefined)[];
}

/** A client's copy of a collection, as sync-collection has told it. */
interface Replica {
  readonly token: string;
  readonly etags: ReadonlyMap<string, string>;
}

const home = "/dav/calendars/alice/";

/**
 * Writes to calendars until the server dies, remembering what was acknowledged; then holds against
 * the server what a client knows.
 */
export class CrashRun {
  readonly #known = new Map<string, Known>();
  readonly #replicas: (Replica & { readonly calendar: string })[] = [];
  readonly #calendars: string[] = [`${home}calendar/`];
  /** URLs that somebody is writing to: two writers at once would know nothing. */
  readonly #busy = new Set<string>();
  #next = 0;
  readonly #enough = Promise.withResolvers<void>();
  /** Requests that were answered. */
  acknowledged = 0;

  /** `until`: how many answered requests are enough. */
  constructor(readonly url: () => string, readonly random: Random, readonly until: number) {}

  /** Resolves in the middle of the writing, when enough has been answered. */
  get enough(): Promise<void> {
    return this.#enough.promise;
  }

  /** One writer of several; ends when a request fails. */
  async write(): Promise<void> {
    for (;;) {
      try {
        await this.#step();
      } catch (error) {
        if (error instanceof TypeError || error instanceof Interrupted) return;
        throw error;
      }
    }
  }

  async #step(): Promise<void> {
    const { random } = this;
    if (random.chance(0.05)) return await this.#makeCalendar();
    if (random.chance(0.1)) return await this.#replicate(random.pick(this.#calendars));
    const there = [...this.#known].filter(([href, { body }]) =>
      body !== undefined && !this.#busy.has(href)
    );
    const chosen = there.length > 0 && random.chance(0.6) ? random.pick(there) : undefined;
    if (!chosen) return await this.#put(this.#newHref());
    const [href, { body }] = chosen;
    if (random.chance(0.3)) return await this.#remove(href, body);
    if (random.chance(0.4)) return await this.#move(href, body);
    await this.#put(href, body);
  }

  #newHref(): string {
    return `${this.random.pick(this.#calendars)}e${this.#next++}.ics`;
  }

  async #put(href: string, before?: string): Promise<void> {
    const uid = /UID:(.*)\r\n/.exec(before ?? "")?.[1] ?? crypto.randomUUID();
    const body = event({ uid, summary: `${this.#next++} ${"x".repeat(this.random.int(3000))}` });
    await this.#change([[href, before, body]], () => this.#ask("PUT", href, { body }));
  }

  async #remove(href: string, before: string | undefined): Promise<void> {
    await this.#change([[href, before, undefined]], () => this.#ask("DELETE", href));
  }

  async #move(href: string, before: string | undefined): Promise<void> {
    const to = this.#newHref();
    const headers = { destination: this.url() + to, overwrite: "F" };
    await this.#change(
      [[href, before, undefined], [to, undefined, before]],
      () => this.#ask("MOVE", href, { headers }),
    );
  }

  async #makeCalendar(): Promise<void> {
    const calendar = `${home}c${this.#next++}/`;
    await this.#ask("MKCALENDAR", calendar);
    this.#calendars.push(calendar);
  }

  /** Each URL with what it held and what it will hold. */
  async #change(
    changes: readonly (readonly [href: string, before?: string, after?: string])[],
    request: () => Promise<Response>,
  ): Promise<void> {
    for (const [href, before, after] of changes) {
      this.#busy.add(href);
      this.#known.set(href, { body: before, perhaps: [after] });
    }
    await request();
    for (const [href, , after] of changes) {
      this.#known.set(href, { body: after, perhaps: [] });
      this.#busy.delete(href);
    }
  }

  async #ask(
    method: string,
    href: string,
    { headers = {}, body }: { headers?: Record<string, string>; body?: string } = {},
  ): Promise<Response> {
    const response = await fetch(this.url() + href, {
      method,
      headers: {
        authorization: basic("alice", "alice"),
        "content-type": "text/calendar",
        ...headers,
      },
      body,
    });
    if (response.status >= 500) {
      await response.body?.cancel();
      throw new Interrupted();
    }
    if (method !== "GET" && method !== "REPORT") {
      assertEquals([method, href, Math.floor(response.status / 100)], [method, href, 2]);
      await response.body?.cancel();
    }
    if (++this.acknowledged === this.until) this.#enough.resolve();
    return response;
  }

  async #replicate(calendar: string): Promise<void> {
    this.#replicas.push({ calendar, ...await this.#follow(calendar) });
  }

  async #follow(calendar: string, from?: Replica): Promise<Replica> {
    const body = `<sync-collection xmlns="DAV:"><sync-token>${from?.token ?? ""}</sync-token>
      <sync-level>1</sync-level><prop><getetag/></prop></sync-collection>`;
    const answer = await multistatusOf(await this.#ask("REPORT", calendar, { body }));
    const etags = new Map(from?.etags);
    for (const found of answer.responses) {
      const etag = found.text(D.getetag);
      if (etag === undefined) etags.delete(found.href);
      else etags.set(found.href, etag);
    }
    return { token: answer.syncToken ?? "", etags };
  }

  /** After the restart: nothing acknowledged is lost, nothing is half there, every token goes on. */
  async verify(): Promise<void> {
    for (const [href, { body, perhaps }] of this.#known) {
      const response = await this.#ask("GET", href);
      const found = response.status === 200 ? await response.text() : undefined;
      if (found === undefined) await response.body?.cancel();
      const allowed = [body, ...perhaps];
      if (allowed.includes(found)) continue;
      throw new Error(`${href} holds ${found}, and not one of ${JSON.stringify(allowed)}`);
    }
    for (const { calendar, ...replica } of this.#replicas) {
      const followed = await this.#follow(calendar, replica);
      const fresh = await this.#follow(calendar);
      assertEquals(sorted(followed.etags), sorted(fresh.etags), `from ${replica.token}`);
      assertEquals(followed.token, fresh.token);
    }
  }
}

/** The server answered that it can't: its database is away. */
class Interrupted extends Error {}

const sorted = (map: ReadonlyMap<string, string>) => [...map].sort(([a], [b]) => a < b ? -1 : 1);
