import { assert, assertEquals } from "@std/assert";
import { C, D } from "../../src/xml/names.ts";
import { el, type XmlElement } from "../../src/xml/tree.ts";
import { documentXml } from "../../src/xml/write.ts";
import { during, expand, multiget, query } from "../clients/bodies.ts";
import { event } from "../fixtures/events.ts";
import { hostileObjects, overridden } from "../http/hostile_objects.ts";
import { calendar, home, MB, open, patiently, type Place } from "./beside.ts";

/** Questions to a real process that are hard to answer: it stays small, and others are answered meanwhile. */

const mixed = `${home}mixed/`;
const day = { start: "20260105T000000Z", end: "20260106T000000Z" };
const ever = { start: "00000101T000000Z", end: "99991231T235959Z" };

const freeBusy = (range: typeof ever) => el(C.freeBusyQuery, [el(C.timeRange, [], range)]);

const reports = (component: string): readonly XmlElement[] =>
  [day, ever].flatMap((range) => [
    query([el(D.getetag)], during(component, range)),
    query([expand(range)], during(component, range)),
    freeBusy(range),
  ]);

const longMultiget = multiget(
  Array.from({ length: 50_000 }, (_, index) => calendar + String(index).padStart(40, "0")),
);

for (const form of ["source", "executable"] as const) {
  Deno.test({
    name: `davit as ${form}: nobody waits while somebody asks what is hard to answer`,
    ignore: Deno.build.os !== "linux",
    async fn(t) {
      await open(form, async (place) => {
        const made = await place.send({ method: "MKCALENDAR", path: mixed, body: "" });
        assertEquals(made?.status, 201);
        const peaks: number[] = [];
        for (const [name, text] of Object.entries(hostileObjects)) {
          await t.step(
            name,
            () =>
              patiently(name, async () => {
                const { pinged } = await place.besideOthers(() => askAll(place, text));
                return pinged;
              }),
          );
          peaks.push(await place.peakBytes());
        }
        await t.step("what is too much", () =>
          patiently("what is too much", async () => {
            const { pinged } = await place.besideOthers(() => askTooMuch(place));
            return pinged;
          }));
        // What the collector has not got to yet is more than what is needed, but it does not grow.
        const [, settled = 0] = peaks;
        const last = await place.peakBytes();
        const inMB = [...peaks, last].map((bytes) => Math.round(bytes / MB)).join(" ");
        assert(last - settled < 150 * MB && last < 600 * MB, `peaks in MB: ${inMB}`);
        const lines = (await place.server.stderr()).map((line) => JSON.parse(line));
        assertEquals(lines.filter(({ level }) => level === "error"), []);
      });
    },
  });
}

/** All reports, where one object is in the calendar. */
async function askAll(place: Place, text: string): Promise<void> {
  const path = `${mixed}a.ics`;
  const headers = ["Content-Type: text/calendar"];
  const put = await place.send({ method: "PUT", path, headers, body: text });
  assert(put?.status === 201 || put?.status === 204, `${put?.status} ${put?.body}`);
  for (const body of reports(text.includes("BEGIN:VTODO") ? "VTODO" : "VEVENT")) {
    const answer = await report(place, mixed, body);
    assert([200, 207, 507].includes(answer?.status ?? 0), `${answer?.status} ${answer?.body}`);
  }
  assertEquals((await place.send({ method: "DELETE", path, body: "" }))?.status, 204);
}

async function askTooMuch(place: Place): Promise<void> {
  const put = { method: "PUT", path: `${calendar}a.ics`, headers: ["Content-Type: text/calendar"] };
  const many = await place.send({ ...put, body: overridden(100_000) });
  assertEquals(many?.status, 413);
  const deep = await place.send({ ...put, body: event({ uid: "a" }).repeat(10_000) });
  assertEquals(deep?.status, 403);
  assertEquals((await report(place, calendar, longMultiget))?.status, 413);
}

const report = (place: Place, path: string, body: XmlElement) =>
  place.send({
    method: "REPORT",
    path,
    headers: ["Content-Type: application/xml", "Depth: 1"],
    body: documentXml(body),
  });
