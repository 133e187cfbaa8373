import { assert, assertEquals } from "@std/assert";
import { D, type XmlName } from "../../src/xml/names.ts";
import { readXml } from "../../src/xml/read.ts";
import { elementsOf } from "../../src/xml/tree.ts";
import { basic, type House, openHouse } from "../harness.ts";
import { type RawAnswer, type RawRequest, sendRaw, serve, type Served } from "./raw.ts";

/** Of alice. */
export const calendars = "/dav/calendars/alice/";
export const calendar = `${calendars}calendar/`;
export const files = "/dav/files/alice/";
export const authorization = `Authorization: ${basic("alice", "alice")}`;

/** A request that nobody should send. */
export interface Bad {
  readonly name: string;
  readonly method: string;
  /** As it stands in the request line. */
  readonly target: string;
  readonly headers?: readonly string[];
  readonly body?: string | Uint8Array;
  /** What is sent of the body, where it is not what is declared. */
  readonly then?: RawRequest["then"];
  readonly status: number | readonly number[];
  readonly element?: XmlName;
  /** Deno itself refuses it in some version, or ends the connection; davit has nothing to log. */
  readonly before?: boolean | "ended";
}

function rawOf({ method, target, headers = [], body = "" }: Bad): Uint8Array {
  const bytes = typeof body === "string" ? utf8.encode(body) : body;
  const framed = headers.some((line) => /^(content-length|transfer-encoding):/i.test(line));
  const lines = [
    `${method} ${target} HTTP/1.1`,
    "Host: localhost",
    ...(headers.some((line) => /^authorization:/i.test(line)) ? [] : [authorization]),
    ...headers,
    ...(framed ? [] : [`Content-Length: ${bytes.length}`]),
    "",
    "",
  ];
  const head = utf8.encode(lines.join("\r\n"));
  const raw = new Uint8Array(head.length + bytes.length);
  raw.set(head);
  raw.set(bytes, head.length);
  return raw;
}

const utf8 = new TextEncoder();

/** In little-endian UTF-16, without a byte order mark. */
export const utf16 = (text: string) =>
  new Uint8Array(Uint16Array.from(text, (character) => character.charCodeAt(0)).buffer);

/** Texts in UTF-8, and single bytes. */
export const bytes = (...parts: readonly (string | number)[]) =>
  new Uint8Array(
    parts.flatMap((part) => typeof part === "number" ? [part] : [...utf8.encode(part)]),
  );

/** Each is refused with a 4xx, logged once, and changes nothing. */
export function testRefused(set: string, all: readonly Bad[]): void {
  Deno.test(`bad input: ${set}`, async (test) => {
    await using house = await openHouse({ settings: { loginFailures: 0 } });
    await using served = serve(house);
    await prepare(served);
    const state = await stateOf(house);
    for (const bad of all) {
      await test.step(`${bad.method} ${bad.target.slice(0, 80)} with ${bad.name}`, async () => {
        const logged = house.lines.length;
        const answer = await sendRaw({ port: served.port, bytes: rawOf(bad), then: bad.then });
        check(bad, answer);
        const lines = house.lines.slice(logged);
        assert(lines.length === 1 || bad.before && lines.length === 0, JSON.stringify(lines));
        assertEquals(lines.filter(({ event }) => event !== "request"), []);
        assertEquals(await stateOf(house), state);
      });
    }
  });
}

/** A file, so that there is something to move. */
async function prepare({ port }: Served): Promise<void> {
  const kept: Bad = { name: "", method: "PUT", target: `${files}kept`, body: "x", status: 201 };
  const answer = await sendRaw({ port, bytes: rawOf(kept) });
  assertEquals(answer?.status, 201);
}

function check({ status, element, before }: Bad, answer: RawAnswer | undefined): void {
  if (before === "ended" && answer === undefined) return;
  const statuses = typeof status === "number" ? [status] : status;
  assert(answer && statuses.includes(answer.status), `${answer?.status}: ${answer?.body}`);
  if (element === undefined) return;
  const root = readXml(utf8.encode(answer.body));
  assertEquals([root.name, elementsOf(root)[0]?.name], [D.error, element]);
}

/** Moves with every commit to alice's homes: it is what sync tokens are made of. */
async function stateOf({ store }: House): Promise<number[]> {
  return await Promise.all((["calendar-home", "files"] as const).map(async (home) => {
    const place = { kind: "tree", home, owner: "alice", segments: [] } as const;
    return (await store.load({ asker: 0, place })).chain[0]?.commit ?? 0;
  }));
}
