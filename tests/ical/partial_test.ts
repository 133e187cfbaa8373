import { assertEquals } from "@std/assert";
import type { CompPart } from "../../src/ical/partial.ts";
import { crlf } from "../fixtures/events.ts";
import { partOf } from "./at_once.ts";

const text = crlf([
  "BEGIN:VCALENDAR",
  "VERSION:2.0",
  "PRODID:-//davit//tests//EN",
  "begin:vevent",
  "UID:a",
  "summary;language=en:Long",
  " er",
  'ATTENDEE;CN="A: B":mailto:a@example.test',
  "ATTENDEE:mailto:b@example.test",
  "X-MINE:1",
  "BEGIN:VALARM",
  "ACTION:AUDIO",
  "TRIGGER:-PT5M",
  "END:VALARM",
  "end:vevent",
  "END:VCALENDAR",
]);

const part = (
  props: Readonly<Record<string, "value" | "novalue">> | "all",
  comps: Readonly<Record<string, CompPart>> | "all" = {},
): CompPart => ({
  props: props === "all" ? "all" : new Map(Object.entries(props)),
  comps: comps === "all" ? "all" : new Map(Object.entries(comps)),
});

const inEvent = (event: CompPart) => part({}, { VEVENT: event });
const around = (...lines: readonly string[]) =>
  crlf(["BEGIN:VCALENDAR", "begin:vevent", ...lines, "end:vevent", "END:VCALENDAR"]);

const cases: readonly { name: string; asked: CompPart; gives: string }[] = [
  { name: "all there is", asked: part("all", "all"), gives: text },
  {
    name: "nothing but the calendar",
    asked: part({}),
    gives: crlf(["BEGIN:VCALENDAR", "END:VCALENDAR"]),
  },
  {
    name: "properties of the calendar alone",
    asked: part("all"),
    gives: crlf([
      "BEGIN:VCALENDAR",
      "VERSION:2.0",
      "PRODID:-//davit//tests//EN",
      "END:VCALENDAR",
    ]),
  },
  {
    name: "properties by name, as they were folded",
    asked: inEvent(part({ SUMMARY: "value", UID: "value" })),
    gives: around("UID:a", "summary;language=en:Long", " er"),
  },
  {
    name: "each property of a name, without its value",
    asked: inEvent(part({ ATTENDEE: "novalue", SUMMARY: "novalue" })),
    gives: around("SUMMARY;language=en:", 'ATTENDEE;CN="A: B":', "ATTENDEE:"),
  },
  {
    name: "components inside, with a part of them",
    asked: inEvent(part({}, { VALARM: part({ TRIGGER: "value" }) })),
    gives: around("BEGIN:VALARM", "TRIGGER:-PT5M", "END:VALARM"),
  },
  {
    name: "all components inside",
    asked: inEvent(part({ UID: "value" }, "all")),
    gives: around("UID:a", "BEGIN:VALARM", "ACTION:AUDIO", "TRIGGER:-PT5M", "END:VALARM"),
  },
  {
    name: "what is not there",
    asked: part({ NAME: "value" }, { VTODO: part("all", "all") }),
    gives: crlf(["BEGIN:VCALENDAR", "END:VCALENDAR"]),
  },
];

for (const { name, asked, gives } of cases) {
  Deno.test(`partial calendar data: ${name}`, () => assertEquals(partOf(text, asked), gives));
}
