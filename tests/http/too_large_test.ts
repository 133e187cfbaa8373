import { assert, assertEquals } from "@std/assert";
import { C, D, type XmlName } from "../../src/xml/names.ts";
import { readXml } from "../../src/xml/read.ts";
import { elementsOf } from "../../src/xml/tree.ts";
import { basic, openHouse } from "../harness.ts";
import { type RawAnswer, sendRaw, serve } from "./raw.ts";

/** Beyond the limit of its kind a body is refused while it comes, and the client gets the answer. */

const settings = { calendarObjectBytes: 300_000, fileBytes: 400_000, xmlBytes: 50_000 };

interface Kind {
  readonly name: string;
  readonly method: string;
  readonly target: string;
  readonly type: string;
  readonly limitBytes: number;
  readonly element?: XmlName;
  /** What is said of a body that is just as large as allowed, but holds nothing but blanks. */
  readonly within: number;
}

const calendar = "/dav/calendars/alice/calendar/";
const xml = { type: "application/xml", limitBytes: settings.xmlBytes, within: 400 };

const kinds: readonly Kind[] = [
  {
    name: "an event",
    method: "PUT",
    target: `${calendar}a.ics`,
    type: "text/calendar",
    limitBytes: settings.calendarObjectBytes,
    element: C.maxResourceSize,
    within: 403,
  },
  {
    name: "an event at another spelling of the URL",
    method: "PUT",
    target: "//dav/%63alendars/alice//calendar/a.ics",
    type: "text/calendar",
    limitBytes: settings.calendarObjectBytes,
    element: C.maxResourceSize,
    within: 403,
  },
  {
    name: "a file",
    method: "PUT",
    target: "/dav/files/alice/x",
    type: "application/octet-stream",
    limitBytes: settings.fileBytes,
    within: 201,
  },
  { name: "PROPFIND", method: "PROPFIND", target: calendar, ...xml },
  { name: "PROPPATCH", method: "PROPPATCH", target: calendar, ...xml },
  {
    name: "REPORT",
    method: "REPORT",
    target: calendar,
    ...xml,
    element: D.numberOfMatchesWithinLimits,
  },
  { name: "MKCALENDAR", method: "MKCALENDAR", target: "/dav/calendars/alice/new/", ...xml },
  { name: "LOCK", method: "LOCK", target: "/dav/files/alice/new", ...xml },
];

const utf8 = new TextEncoder();
const piece = new Uint8Array(16 * 1024).fill(0x20);

/** A body of blanks, by its length or in chunks; counts what has been taken of it. */
class Upload {
  sentBytes = 0;

  constructor(
    private readonly kind: Kind,
    private readonly sizeBytes: number,
    private readonly framing: "length" | "chunks",
  ) {}

  async *bytes(): AsyncGenerator<Uint8Array> {
    const { method, target, type } = this.kind;
    const chunked = this.framing === "chunks";
    yield utf8.encode([
      `${method} ${target} HTTP/1.1`,
      "Host: localhost",
      `Authorization: ${basic("alice", "alice")}`,
      `Content-Type: ${type}`,
      chunked ? "Transfer-Encoding: chunked" : `Content-Length: ${this.sizeBytes}`,
      "",
      "",
    ].join("\r\n"));
    while (this.sentBytes < this.sizeBytes) {
      const part = piece.subarray(0, this.sizeBytes - this.sentBytes);
      if (chunked) yield utf8.encode(`${part.length.toString(16)}\r\n`);
      yield part;
      if (chunked) yield utf8.encode("\r\n");
      this.sentBytes += part.length;
    }
    if (chunked) yield utf8.encode("0\r\n\r\n");
  }
}

const elementOf = ({ body }: RawAnswer) => {
  const root = readXml(utf8.encode(body));
  return [root.name, elementsOf(root)[0]?.name];
};

for (const kind of kinds) {
  for (const framing of ["length", "chunks"] as const) {
    Deno.test(`413 for ${kind.name} beyond its limit, by ${framing}`, async () => {
      await using house = await openHouse({ settings });
      await using served = serve(house);
      const send = async (sizeBytes: number) => {
        const bytes = new Upload(kind, sizeBytes, framing).bytes();
        return await sendRaw({ port: served.port, bytes });
      };
      const commit = () => commitOf(house.store);
      const before = await commit();
      for (const beyond of [1, 5_000_000]) {
        const answer = await send(kind.limitBytes + beyond);
        assert(answer, "there is no answer");
        assertEquals(answer.status, 413);
        if (kind.element) assertEquals(elementOf(answer), [D.error, kind.element]);
        else assertEquals(answer.body, "");
      }
      assertEquals(await commit(), before);
      assertEquals(house.lines.map(({ event }) => event), ["request", "request"]);
      assertEquals((await send(kind.limitBytes))?.status, kind.within);
    });
  }
}

Deno.test("413 by length: nothing of the body needs to be sent", async () => {
  await using house = await openHouse({ settings });
  await using served = serve(house);
  for (const kind of kinds) {
    const head = new Upload(kind, 10_000_000_000, "length").bytes();
    const { value } = await head.next();
    const answer = await sendRaw({ port: served.port, bytes: value ?? new Uint8Array() });
    assertEquals(answer?.status, 413, kind.name);
  }
});

const commitOf = async (store: Awaited<ReturnType<typeof openHouse>>["store"]) => {
  const commits = (["calendar-home", "files"] as const).map(async (home) => {
    const place = { kind: "tree", home, owner: "alice", segments: [] } as const;
    return (await store.load({ asker: 0, place })).chain[0]?.commit;
  });
  return await Promise.all(commits);
};
