import { assert, assertEquals } from "@std/assert";
import { D } from "../../src/xml/names.ts";
import { type House, type Multistatus, multistatusOf } from "../harness.ts";
import { dataOf } from "./found.ts";
import type { Exchange } from "./trace.ts";

/** What was changed beside the client while its session was recorded. */
export interface Elsewhere {
  /** Number of the exchange before which it happens. */
  readonly before: number;
  /** Number of the exchange whose answer holds the objects that are put. */
  readonly like?: number;
  /** Of those the one of this name only; without `like`, it is deleted. */
  readonly only?: string;
}

/** A recorded session, and how it is played at a house. */
export interface Session {
  readonly exchanges: readonly Exchange[];
  /** The home of the recorded account, which was its principal, too. */
  readonly home: string;
  readonly elsewhere: readonly Elsewhere[];
}

const home = "/dav/calendars/alice/";
const principal = "/dav/principals/users/alice/";

/** Headers that are not taken from the recording. */
const ours: readonly string[] = ["authorization", "host", "content-length"];

/**
 * Plays what a client sent, with davit's paths, ETags and sync tokens in the place of those that it
 * was given, and compares the answers: the status, the objects that they name and what is gone, the
 * properties of these, and each calendar object to the byte with what was put there.
 */
export async function replay(house: House, session: Session): Promise<void> {
  const place = new Places(session.home);
  const texts = new Map<string, string>();
  for (const exchange of session.exchanges) {
    const { number, request, answer } = exchange;
    for (const change of session.elsewhere.filter(({ before }) => before === number)) {
      await happen(house, session, change, texts);
    }
    const { method, headers, body } = request;
    const path = place.of(request);
    const translated = Object.entries(headers)
      .filter(([name]) => !ours.includes(name))
      .map(([name, value]) => [name, place.known(value)]);
    const wasThere = texts.has(path);
    const response = await house.ask(method, path, {
      as: headers.authorization === undefined ? null : "alice",
      headers: Object.fromEntries(translated),
      body: body === "" ? undefined : place.known(body),
    });
    const what = `${number}: ${method} ${path}`;
    assertEquals(response.status, statusFor(exchange, wasThere), what);
    if (response.ok && method === "PUT") texts.set(path, body);
    if (response.ok && method === "DELETE") texts.delete(path);
    place.learn(answer.headers.etag, response.headers.get("etag"));
    if (response.status !== 207) {
      await response.body?.cancel();
      continue;
    }
    const told = await multistatusOf(new Response(answer.body, { status: 207 }));
    const found = await multistatusOf(response);
    place.learn(told.syncToken, found.syncToken);
    compare(told, found, place, texts, what);
  }
}

/** Where the recorded server and davit differ, both within the RFCs. */
function statusFor({ request, answer }: Exchange, wasThere: boolean): number {
  const { method, headers } = request;
  if (method === "OPTIONS" && headers.authorization === undefined) return 401;
  if (method === "DELETE" && answer.status === 200) return 204;
  if (method === "PUT" && answer.status === 201 && wasThere) return 204;
  return answer.status;
}

function compare(
  told: Multistatus,
  found: Multistatus,
  place: Places,
  texts: ReadonlyMap<string, string>,
  what: string,
) {
  const isObject = (href: string) => href.endsWith(".ics");
  const objects = told.responses.filter(({ href }) => isObject(href));
  const hrefs = objects.map(({ href }) => place.known(href)).sort();
  assertEquals(found.hrefs.filter(isObject).sort(), hrefs, what);
  for (const one of objects) {
    const href = place.known(one.href);
    const own = found.at(href);
    assertEquals(own?.status, one.status, `${what}: ${href}`);
    place.learn(one.text(D.getetag), own?.text(D.getetag));
    for (const name of one.names.filter((name) => one.statusOf(name) === 200)) {
      assertEquals(own?.statusOf(name), 200, `${what}: ${href} ${name}`);
    }
    if (dataOf(one) !== "") assert(dataOf(own) === texts.get(href), `${what}: ${href}`);
  }
}

async function happen(
  house: House,
  { exchanges, home: recorded }: Session,
  { like, only }: Elsewhere,
  texts: Map<string, string>,
) {
  if (like === undefined) {
    const path = home + only;
    assertEquals((await house.ask("DELETE", path)).status, 204);
    texts.delete(path);
    return;
  }
  const { body } = exchanges[like - 1]?.answer ?? { body: "" };
  const { responses } = await multistatusOf(new Response(body, { status: 207 }));
  for (const one of responses.filter(({ href }) => href.endsWith(only ?? ""))) {
    const path = one.href.replace(recorded, home);
    const text = dataOf(one).replaceAll(/\r?\n/g, "\r\n");
    const headers = { "content-type": "text/calendar" };
    const put = await house.ask("PUT", path, { headers, body: text });
    assert(put.ok, `${path}: ${put.status}`);
    texts.set(path, text);
  }
}

/** What stands at davit for what the client was given: its home, ETags and sync tokens. */
class Places {
  readonly #known = new Map<string, string>();

  constructor(readonly recorded: string) {}

  /** The recorded principal is asked for its home, the home for all else. */
  of({ path, body }: Exchange["request"]): string {
    const isPrincipal = path === this.recorded && body.includes("calendar-home-set");
    return isPrincipal ? principal : this.known(path);
  }

  learn(theirs: string | null | undefined, ours: string | null | undefined) {
    if (theirs && ours) this.#known.set(theirs, ours);
  }

  known(text: string): string {
    let translated = text.replaceAll(this.recorded, home);
    for (const [theirs, ours] of this.#known) translated = translated.replaceAll(theirs, ours);
    return translated;
  }
}
