import { assert, assertEquals } from "@std/assert";
import { limits } from "../../src/limits.ts";
import { D } from "../../src/xml/names.ts";
import { documentXml } from "../../src/xml/write.ts";
import { propfind } from "../clients/bodies.ts";
import { calendar as vcalendar, component, event } from "../fixtures/events.ts";
import {
  authorization,
  bytesOf,
  calendar,
  file,
  MB,
  open,
  patiently,
  type Sent,
} from "./beside.ts";
import type { Server } from "./harness.ts";
import { until } from "./until.ts";

/** Hostile requests to a real process: it stays small, and others are answered meanwhile. */

const ics = ["Content-Type: text/calendar"];
const xml = ["Content-Type: application/xml"];

const caldav = "urn:ietf:params:xml:ns:caldav";
const multiget = (count: number) =>
  `<C:calendar-multiget xmlns="DAV:" xmlns:C="${caldav}"><prop><C:calendar-data/></prop>` +
  Array.from(
    { length: count },
    (_, index) => `<href>${calendar}${String(index).padStart(40, "0")}.ics</href>`,
  ).join("") +
  "</C:calendar-multiget>";
const named = (count: number) =>
  Array.from({ length: count }, (_, index) => `<x${index} xmlns="urn:x"/>`).join("");
const propfindOf = (inner: string) => `<propfind xmlns="DAV:"><prop>${inner}</prop></propfind>`;
const proppatchOf = (inner: string) =>
  `<propertyupdate xmlns="DAV:"><set><prop>${inner}</prop></set></propertyupdate>`;
const big = (line: string, count = 1) =>
  event({ uid: "big", lines: [Array(count).fill(line).join("\r\n")] });
const overrides = (count: number) =>
  vcalendar(
    ...Array.from({ length: count }, (_, index) =>
      component("VEVENT", [
        "UID:big",
        "DTSTART:20260101T000000Z",
        ...(index === 0 ? [] : [
          `RECURRENCE-ID:${
            new Date(Date.UTC(2026, 0, 1, index)).toISOString().replace(/[-:]|\.\d+/g, "")
          }`,
        ]),
      ])),
  );

interface Hostile extends Sent {
  readonly name: string;
  readonly status: number;
}

const propfindXml = { method: "PROPFIND", path: calendar, headers: xml };
const put = { method: "PUT", path: `${calendar}big.ics`, headers: ics };

/** The most that is taken of each, and what is refused. */
const hostile: readonly Hostile[] = [
  {
    name: "a multiget of 5,000",
    method: "REPORT",
    path: calendar,
    headers: xml,
    body: multiget(5_000),
    status: 207,
  },
  {
    name: "a multiget of 10,000",
    method: "REPORT",
    path: calendar,
    headers: xml,
    body: multiget(9_500),
    status: 207,
  },
  {
    name: "100,000 properties to find",
    ...propfindXml,
    body: propfindOf("<a/>".repeat(100_000)),
    status: 400,
  },
  {
    name: "100,000 properties to set",
    ...propfindXml,
    method: "PROPPATCH",
    body: proppatchOf("<a/>".repeat(100_000)),
    status: 400,
  },
  {
    name: "as many properties as allowed",
    ...propfindXml,
    body: propfindOf(named(limits.properties)),
    status: 207,
  },
  {
    name: "as many namespaces as allowed",
    ...propfindXml,
    body: propfindOf(`<x:b xmlns:x="urn:x"/>`.repeat(limits.xmlNodes / 2 - 10)),
    status: 400,
  },
  { name: "100,000 levels", ...propfindXml, body: "<a>".repeat(100_000), status: 400 },
  {
    name: "a billion laughs",
    ...propfindXml,
    body: `<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "${"&a;".repeat(10_000)}">]><a>${
      "&b;".repeat(100_000)
    }</a>`,
    status: 403,
  },
  {
    name: "references",
    ...propfindXml,
    method: "PROPPATCH",
    body: proppatchOf(`<a>${`&amp;${"x".repeat(30)}`.repeat(24_000)}</a>`),
    status: 507,
  },
  { name: "overrides", ...put, body: overrides(limits.icalInstances), status: 201 },
  {
    name: "lines",
    ...put,
    body: big("X-A;B=c:d", limits.icalLines - 20),
    status: 204,
  },
  {
    name: "long lines",
    ...put,
    body: big(`X-A;B=c:${"d".repeat(60)}`, limits.icalLines - 20),
    status: 204,
  },
  {
    name: "an attachment of 10 MB",
    ...put,
    body: big(
      `ATTACH;VALUE=BINARY;ENCODING=BASE64:${"A".repeat(72)}${
        `\r\n ${"A".repeat(72)}`.repeat(130_000)
      }`,
    ),
    status: 204,
  },
  {
    name: "backslashes",
    ...put,
    body: big(`DESCRIPTION:${"\\n".repeat(limits.icalEscapes - 10)}`),
    status: 204,
  },
  { name: "800,000 lines", ...put, body: big("X:1", 800_000), status: 403 },
  { name: "two million lines", ...put, body: big("X:1", 2_000_000), status: 413 },
];

const onLinux = (name: string, fn: () => Promise<void>) =>
  Deno.test({ name, ignore: Deno.build.os !== "linux", fn });

for (const form of ["source", "executable"] as const) {
  onLinux(`davit as ${form}: nobody waits while somebody sends what is hard to read`, async () => {
    await open(form, async (place) => {
      for (const { name, status, ...sent } of hostile) {
        await patiently(name, async () => {
          const { answer, pinged } = await place.sendBesideOthers(sent);
          const expected = status === 201 || status === 204 ? [201, 204] : [status];
          assert(
            answer && expected.includes(answer.status),
            `${name}: ${answer?.status} ${answer?.body}`,
          );
          return pinged;
        });
      }
      const lines = (await place.server.stderr()).map((line) => JSON.parse(line));
      assertEquals(lines.filter(({ level }) => level === "error"), []);
    });
  });

  onLinux(`davit as ${form}: a file of 200 MB goes in and out, and memory stays flat`, async () => {
    await open(form, async (place) => {
      await place.send({ method: "PUT", path: file, body: 20 * MB });
      const before = await place.peakBytes();
      const upload = { method: "PUT", path: file, body: 200 * MB };
      await patiently("the upload", async () => {
        const { answer, pinged } = await place.sendBesideOthers(upload);
        assertEquals(answer?.status, 204);
        return pinged;
      });
      assertFlat(before, await place.peakBytes());
      const response = await fetch(place.server.url + file, { headers: { authorization } });
      let size = 0;
      for await (const bytes of response.body ?? []) size += bytes.length;
      assertEquals(size, 200 * MB);
      assertFlat(before, await place.peakBytes());
    });
  });

  onLinux(`davit as ${form}: uploads of 300 MB are refused, and memory stays flat`, async () => {
    await open(form, async (place) => {
      const tokens = await place.tokens();
      const before = await place.peakBytes();
      const requests: readonly Sent[] = [
        { ...put, body: 300 * MB },
        { ...put, body: 300 * MB, framing: "chunks" },
        { ...propfindXml, body: 300 * MB },
        { ...propfindXml, body: 300 * MB, framing: "chunks" },
      ];
      const logged = (await place.server.stderr()).length;
      let sent = 0;
      for (const request of requests) {
        await patiently(`${request.method}, ${request.framing ?? "length"}`, async () => {
          const { answer, pinged } = await place.sendBesideOthers(request);
          assertEquals(answer?.status, 413);
          sent++;
          return pinged;
        });
      }
      assertFlat(before, await place.peakBytes());
      assertEquals(await place.tokens(), tokens);
      const refused = (await place.server.stderr()).slice(logged)
        .filter((line) => line.includes('"status":413'));
      assertEquals(refused.length, sent);
    });
  });

  onLinux(
    `davit as ${form}: uploads that end midway, or not at all, leave nothing behind`,
    async () => {
      await open(form, async (place) => {
        const tokens = await place.tokens();
        const logged = (await place.server.stderr()).length;
        const upload: Sent = { method: "PUT", path: file, body: 50 * MB, leavesAfter: 5 * MB };
        const event: Sent = { ...put, body: MB, leavesAfter: MB / 2 };
        for (const framing of ["length", "chunks"] as const) {
          await Promise.all(
            [upload, event, upload, event].map((sent) => place.send({ ...sent, framing })),
          );
        }
        const lines = await linesFrom(place.server, logged, 8);
        assertEquals(
          lines.map(({ level, status }) => [level, status]),
          Array(8).fill(["info", 400]),
        );

        const stalled = await stall(place.server, 50);
        await patiently("uploads that stand still", async () => {
          const body = documentXml(propfind(D.displayname));
          const { answer, pinged } = await place.sendBesideOthers({ ...propfindXml, body });
          assertEquals(answer?.status, 207);
          return pinged;
        });
        for (const connection of stalled) connection.close();

        assertEquals(await place.tokens(), tokens);
        for (const path of [file, put.path]) {
          const response = await fetch(place.server.url + path, { headers: { authorization } });
          await response.body?.cancel();
          assertEquals(response.status, 404);
        }
      });
    },
  );
}

/** What the collector has not got to yet is more than what is needed, but it does not grow. */
function assertFlat(before: number, after: number): void {
  assert(after - before < 150 * MB, `from ${before / MB} to ${after / MB} MB`);
}

/** The log's lines about requests from a line on, once there are so many. */
const linesFrom = (server: Server, from: number, count: number) =>
  until(`${count} lines`, async () => {
    const lines = (await server.stderr()).slice(from).map((line) => JSON.parse(line))
      .filter(({ event, method }) => event !== "request" || method === "PUT");
    return lines.length >= count && lines;
  });

/** Connections on which half a body has come. */
async function stall(server: Server, count: number): Promise<readonly Deno.TcpConn[]> {
  const port = Number(new URL(server.url).port);
  return await Promise.all(Array.from({ length: count }, async () => {
    const connection = await Deno.connect({ hostname: "127.0.0.1", port });
    for await (
      const bytes of bytesOf({ method: "PUT", path: file, body: 50 * MB, leavesAfter: 1 })
    ) {
      await connection.write(bytes);
    }
    return connection;
  }));
}
