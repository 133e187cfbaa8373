import { assertEquals } from "@std/assert";
import type { CompFilter } from "../../src/ical/filter.ts";
import { narrowed } from "../../src/ical/filter_components.ts";
import { createZones } from "../../src/ical/moment.ts";
import { utcZone } from "../../src/ical/zone.ts";
import { appendixB } from "../fixtures/rfc4791_appendix_b.ts";
import { comp, prop, range, within } from "./filters.ts";
import { matchesFilter } from "./at_once.ts";

const all = comp("VCALENDAR");
const summary = prop("SUMMARY");

const cases: readonly {
  readonly name: string;
  readonly filter: CompFilter;
  readonly components?: readonly string[];
  readonly decided: boolean;
}[] = [
  { name: "everything", filter: all, decided: true },
  { name: "nothing", filter: { ...all, absent: true }, components: [], decided: true },
  { name: "events", filter: within("VEVENT"), components: ["VEVENT"], decided: true },
  {
    name: "events of a time",
    filter: within("VEVENT", { timeRange: range("20060104T000000Z/") }),
    components: ["VEVENT"],
    decided: false,
  },
  {
    name: "events with an alarm",
    filter: within("VEVENT", { comps: [comp("VALARM")] }),
    components: ["VEVENT"],
    decided: false,
  },
  {
    name: "events with a summary",
    filter: within("VEVENT", { props: [summary] }),
    components: ["VEVENT"],
    decided: false,
  },
  {
    name: "events and tasks in one object",
    filter: comp("VCALENDAR", { comps: [comp("VEVENT"), comp("VTODO")] }),
    components: [],
    decided: true,
  },
  {
    name: "events, twice",
    filter: comp("VCALENDAR", { comps: [comp("VEVENT"), comp("VEVENT")] }),
    components: ["VEVENT"],
    decided: true,
  },
  {
    name: "events or tasks",
    filter: comp("VCALENDAR", { comps: [comp("VEVENT"), comp("VTODO")], test: "anyof" }),
    components: ["VEVENT", "VTODO"],
    decided: true,
  },
  {
    name: "events, or anything with a name",
    filter: comp("VCALENDAR", { comps: [comp("VEVENT")], props: [prop("NAME")], test: "anyof" }),
    decided: false,
  },
  {
    name: "events in a calendar with a name",
    filter: comp("VCALENDAR", { comps: [comp("VEVENT")], props: [prop("PRODID")] }),
    components: ["VEVENT"],
    decided: false,
  },
  {
    name: "what has no event",
    filter: within("VEVENT", { absent: true }),
    decided: false,
  },
  {
    name: "events, or what has no task",
    filter: comp("VCALENDAR", {
      comps: [comp("VEVENT"), comp("VTODO", { absent: true })],
      test: "anyof",
    }),
    decided: false,
  },
  { name: "what has a time zone", filter: within("VTIMEZONE"), decided: false },
  {
    name: "events with a time zone",
    filter: comp("VCALENDAR", { comps: [comp("VEVENT"), comp("VTIMEZONE")] }),
    components: ["VEVENT"],
    decided: false,
  },
];

const zones = createZones(utcZone);

for (const { name, filter, components, decided } of cases) {
  Deno.test(`filter by component: ${name}`, () => {
    const found = narrowed(filter);
    assertEquals([found.components, found.decided], [components, decided]);
    for (const object of Object.values(appendixB)) {
      const [, own = ""] = /BEGIN:(VEVENT|VTODO|VFREEBUSY)/.exec(object) ?? [];
      const matches = matchesFilter(object, filter, zones);
      const may = components?.includes(own) ?? true;
      assertEquals([own, matches], [own, decided ? may : may && matches]);
    }
  });
}
