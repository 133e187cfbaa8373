import { assertEquals } from "@std/assert";
import { type CalendarObjectData, readCalendarObject } from "../../src/ical/read.ts";
import { textOfJcal } from "../../src/ical/jcal/read.ts";
import { jcalOf } from "../../src/ical/jcal/write.ts";
import { joinCalendars } from "../../src/ical/join.ts";
import { textOf } from "../../src/ical/text.ts";
import { calendarTree } from "../../src/ical/tree.ts";
import { limits } from "../../src/limits.ts";
import type { Body } from "../../src/model.ts";
import { Refusal } from "../../src/refusal.ts";
import { event, journal, task, zone } from "../fixtures/events.ts";
import { type Random, seededCases } from "../seeded.ts";
import { splitBytes } from "./split.ts";
import { storedTree } from "./at_once.ts";

const seeds = [
  event({
    uid: "a",
    tzid: "Europe/Vienna",
    start: "20260105T090000",
    end: "20260105T100000",
    zones: [zone("Europe/Vienna")],
    lines: [
      "RRULE:FREQ=MONTHLY;BYDAY=-1FR;COUNT=5",
      "EXDATE;TZID=Europe/Vienna:20260227T090000",
      'ATTENDEE;CN="B; ob";MEMBER="mailto:g@b","mailto:h@b":mailto:a@b',
      "BEGIN:VALARM",
      "TRIGGER:-PT5M",
      "END:VALARM",
    ],
    overrides: [["DTSTART:20260327T100000Z", "RECURRENCE-ID;TZID=Europe/Vienna:20260327T090000"]],
  }),
  task({ uid: "b", lines: ["RDATE;VALUE=PERIOD:20260106T090000Z/PT1H", "GEO:1.5;2.5"] }),
  journal({ uid: "c", summary: "caf\u00e9 \ud83d\ude00" }),
];

const bits = [
  "\r\n",
  "\r\n ",
  "\n",
  ":",
  ";",
  ",",
  "=",
  '"',
  "^",
  "\\",
  "\0",
  "T",
  "Z",
  "-",
  "0",
  "9",
];

/** The bytes with a few of them deleted, doubled, replaced, or put elsewhere. */
function mutated(bytes: Uint8Array, random: Random): Uint8Array {
  let octets = [...bytes];
  for (let change = random.int(3); change >= 0; change--) {
    const at = random.int(octets.length);
    const length = random.pick([1, 1, 1, 2, 8, 60]);
    const piece = octets.slice(at, at + length);
    const bit = random.chance()
      ? [...new TextEncoder().encode(random.pick(bits))]
      : [random.int(256)];
    const put = random.pick([[], bit, piece, [...piece, ...piece], [...bit, ...piece]]);
    const to = random.chance(0.8) ? at : random.int(octets.length);
    octets = octets.toSpliced(at, length).toSpliced(to, 0, ...put);
  }
  return Uint8Array.from(octets);
}

Deno.test("Any bytes are read or refused, and what is read goes through export and import, and jCal", async () => {
  let read = 0;
  for (const { random } of seededCases(3_000, 300_000)) {
    const bytes = mutated(new TextEncoder().encode(random.pick(seeds)), random);
    const item = outcome(bytes);
    if (item !== undefined) {
      read++;
      const objects = await splitBytes(await joinedBytes(bytes));
      const [object] = objects;
      if (objects.length !== 1 || object === undefined || !("uid" in object)) {
        throw new Error(`Not one object: ${JSON.stringify(objects)}`);
      }
      assertEquals(object.uid, item.uid);
      assertEquals(outcome(object.bytes)?.participants, item.participants);
      checkJcal(item);
      assertEquals(storedTree(textOf(item.body)), calendarTree(textOf(item.body), limits));
    }
    assertEquals(await splitBytes(bytes, 1 + random.int(20)), await splitBytes(bytes));
  }
  console.log(`${read} were read`);
});

/** A bare CR is the only thing that jCal makes something else of, or refuses. */
function checkJcal({ body, uid }: CalendarObjectData): void {
  const json = jcalOf(textOf(body));
  if (json.includes("\\r")) return;
  assertEquals(outcome(textOfJcal(json))?.uid, uid);
}

const joinedBytes = (bytes: Uint8Array): Promise<Uint8Array> =>
  new Response(ReadableStream.from(joinCalendars([bytes])).pipeThrough(new TextEncoderStream()))
    .bytes();

function outcome(bytes: Body) {
  try {
    return readCalendarObject(bytes);
  } catch (error) {
    if (error instanceof Refusal) return undefined;
    throw error;
  }
}
