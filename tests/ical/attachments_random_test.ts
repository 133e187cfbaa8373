import { assert, assertEquals } from "@std/assert";
import { type AttachmentChange, withChange } from "../../src/ical/attachments/change.ts";
import { inlineIn } from "../../src/ical/attachments/inline.ts";
import { withLinkedAgain, withLinks } from "../../src/ical/attachments/linked.ts";
import { Budget } from "../../src/ical/instances.ts";
import { lineOf } from "../../src/ical/interval.ts";
import { createZones, momentsIn } from "../../src/ical/moment.ts";
import { componentsIn, type Passage, passageOf } from "../../src/ical/passage.ts";
import { readCalendarObject } from "../../src/ical/read.ts";
import { dateText, readDigits, utcText } from "../../src/ical/values.ts";
import { ianaZone, utcZone } from "../../src/ical/zone.ts";
import { Refusal } from "../../src/refusal.ts";
import { type Random, seededCases } from "../seeded.ts";
import { randomObject } from "./random_objects.ts";
import { instancesIn } from "./at_once.ts";

const vienna = ianaZone("Europe/Vienna");
const zones = createZones(vienna ?? utcZone);
const utf8 = new TextDecoder();
const file = { id: "id", fileName: "a", mediaType: "a/b", sizeBytes: 1, url: "https://x.test/" };
const range = { start: Date.UTC(2020, 0), end: Date.UTC(2030, 0) };

const calendarIn = (passage: Passage) => {
  const components = componentsIn(passage);
  return { name: "VCALENDAR", number: 1, lines: [], components };
};

/** When the first instances are, and which. */
function instances(passage: Passage) {
  const calendar = calendarIn(passage);
  const found = [];
  for (const one of instancesIn(calendar, range, momentsIn(calendar, zones), new Budget())) {
    found.push(one);
    if (found.length === 60) break;
  }
  return found;
}

const timesOf = (passage: Passage) =>
  instances(passage)
    .map(({ start, end, recurrenceId }) => [start.at, end.at, recurrenceId?.at].join())
    .sort();

const attaches = (passage: Passage): number =>
  componentsIn(passage).flatMap(({ lines }) => lines).filter(({ name }) => name === "ATTACH")
    .length;

function changed(passage: Passage, change: AttachmentChange, rid: string): Passage {
  const result = withChange(passage, change, { rids: [rid], zones, at: 0 });
  assert(typeof result !== "string", `${result}: ${rid}`);
  return result;
}

/** RECURRENCE-ID of some instance, as DTSTART is written. */
function someRid(passage: Passage, random: Random): string | undefined {
  const calendar = calendarIn(passage);
  const master = calendar.components.find((one) =>
    ["VEVENT", "VJOURNAL"].includes(one.name) && !lineOf(one, "RECURRENCE-ID")
  );
  const dtstart = master && lineOf(master, "DTSTART");
  const all = instances(passage).flatMap(({ component, recurrenceId }) =>
    recurrenceId && !lineOf(component, "RECURRENCE-ID") ? [recurrenceId] : []
  );
  if (!dtstart || all.length === 0) return undefined;
  const { localMs, at } = random.pick(all);
  const form = readDigits(dtstart.value)?.form;
  if (form === "date") return dateText(localMs);
  return form === "utc" ? utcText(at) : utcText(localMs).slice(0, -1);
}

Deno.test("attachments of random instances: the object takes place as before", () => {
  let tried = 0;
  for (const { seed, random } of seededCases(300, 20_000)) {
    const text = randomObject(random);
    try {
      readCalendarObject(text);
    } catch (error) {
      assert(error instanceof Refusal);
      continue;
    }
    const before = passageOf({ body: text, blobs: [] });
    const rid = someRid(before, random);
    if (rid === undefined) continue;
    tried++;
    const added = changed(before, { kind: "add", attachment: file }, rid);
    readCalendarObject(utf8.decode(added.octets));
    assertEquals(timesOf(added), timesOf(before), `seed ${seed}, ${rid}\n${text}`);
    assertEquals(attaches(added), attaches(before) + 1);
    const removed = changed(added, { kind: "remove", id: "id" }, rid);
    assertEquals(timesOf(removed), timesOf(before), `seed ${seed}, ${rid}\n${text}`);
    assertEquals(attaches(removed), attaches(before));
  }
  assert(tried > 100, `${tried} tried`);
});

Deno.test("linked and back again: random objects keep their octets", () => {
  let tried = 0;
  for (const { seed, random } of seededCases(200, 10_000)) {
    let count = 0;
    const value = () => {
      const params = random.pick(["", ";FMTTYPE=a/b;X-A=b", ";FILENAME=x"]);
      const fold = random.pick(["", "\r\n ", "\n\t"]);
      return `ATTACH${params};ENCODING=BASE64;VALUE=BINARY:${fold}${btoa(`${count++}`)}\r\n`;
    };
    const text = randomObject(random).replace(
      /DTSTART/g,
      (found) => random.chance() ? value() + found : found,
    );
    const stored = passageOf({ body: text, blobs: [] });
    const ids = new Map<string, number>();
    const idOf = ({ octets }: Passage): string => {
      const key = utf8.decode(octets);
      ids.set(key, ids.get(key) ?? ids.size);
      return `${ids.get(key)}`;
    };
    const told = withLinks(stored, (one) => `https://x.test/?attachment=${idOf(one)}`);
    assertEquals(inlineIn(told), []);
    const names = { idOf, linked: (url: string) => /attachment=(\d+)$/.exec(url)?.[1] };
    const back = withLinkedAgain(told, stored, names, zones);
    assertEquals(utf8.decode(back.octets), text, `seed ${seed}`);
    if (count > 0) tried++;
  }
  assert(tried > 50, `${tried} tried`);
});
