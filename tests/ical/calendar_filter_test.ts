import { assertEquals } from "@std/assert";
import { type CalendarFilter, componentsOf, timesOf } from "../../src/ical/calendar_filter.ts";
import { createZones } from "../../src/ical/moment.ts";
import { utcZone } from "../../src/ical/zone.ts";
import { appendixB } from "../fixtures/rfc4791_appendix_b.ts";
import { comp, prop, range, within } from "./filters.ts";
import { matchesCalendar } from "./at_once.ts";

const january = range("20060104T000000Z/20060105T000000Z");
const event = within("VEVENT");
const task = within("VTODO");
const timedEvent = within("VEVENT", { timeRange: january });
const timedTask = within("VTODO", { timeRange: january });
const named = comp("VCALENDAR", { props: [prop("PRODID")] });

interface Case {
  readonly name: string;
  readonly filter: CalendarFilter;
  readonly components?: readonly string[];
  readonly decided: boolean;
  /** Component of each time, and whether it decides. */
  readonly times?: readonly (readonly [component: string, decided: boolean])[];
}

const cases: readonly Case[] = [
  {
    name: "one",
    filter: { calendars: [event], test: "allof" },
    components: ["VEVENT"],
    decided: true,
  },
  {
    name: "either of two",
    filter: { calendars: [event, task], test: "anyof" },
    components: ["VEVENT", "VTODO"],
    decided: true,
  },
  {
    name: "both of two",
    filter: { calendars: [event, task], test: "allof" },
    components: [],
    decided: true,
  },
  {
    name: "both of two that one can be",
    filter: { calendars: [event, named], test: "allof" },
    components: ["VEVENT"],
    decided: false,
  },
  {
    name: "either of two, one of anything",
    filter: { calendars: [event, named], test: "anyof" },
    decided: false,
  },
  {
    name: "one with a time",
    filter: { calendars: [timedEvent], test: "allof" },
    components: ["VEVENT"],
    decided: false,
    times: [["VEVENT", true]],
  },
  {
    name: "whatever there is at a time",
    filter: { calendars: [comp("VCALENDAR", { timeRange: january })], test: "allof" },
    decided: false,
    times: [["VEVENT", true], ["VTODO", true], ["VJOURNAL", true], ["VFREEBUSY", true]],
  },
  {
    name: "either of two with a time",
    filter: { calendars: [timedEvent, timedTask], test: "anyof" },
    components: ["VEVENT", "VTODO"],
    decided: false,
    times: [["VEVENT", true], ["VTODO", true]],
  },
  {
    name: "either of two, one with a time",
    filter: { calendars: [timedEvent, task], test: "anyof" },
    components: ["VEVENT", "VTODO"],
    decided: false,
  },
  {
    name: "a time, and more",
    filter: { calendars: [named, timedEvent], test: "allof" },
    components: ["VEVENT"],
    decided: false,
    times: [["VEVENT", false]],
  },
];

const zones = createZones(utcZone);

for (const { name, filter, components, decided, times } of cases) {
  Deno.test(`filters for VCALENDAR: ${name}`, () => {
    const found = componentsOf(filter);
    assertEquals([found.components, found.decided], [components, decided]);
    assertEquals(timesOf(filter)?.map((one) => [one.component, one.decided]), times as unknown);
    for (const object of Object.values(appendixB)) {
      const [, own = ""] = /BEGIN:(VEVENT|VTODO|VFREEBUSY)/.exec(object) ?? [];
      const each = filter.calendars.map((one) =>
        matchesCalendar(object, { calendars: [one], test: "allof" }, zones)
      );
      const matches = matchesCalendar(object, filter, zones);
      assertEquals(matches, filter.test === "anyof" ? each.includes(true) : !each.includes(false));
      if (matches) assertEquals(components?.includes(own) ?? true, true);
      if (decided) assertEquals(matches, components?.includes(own));
    }
  });
}
