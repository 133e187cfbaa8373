import { type ContentLine, parameter } from "./content_lines.ts";
import { refuse } from "./refuse.ts";
import { ruleFault } from "./rule.ts";
import { type Component, type IcalBounds, valuesOf } from "./tree.ts";
import { isDuration, isPeriod, isUtcOffset, timeForm } from "./values.ts";

/**
 * The rules of RFC 5545 for one component of a calendar object, as far as without them nobody could
 * tell when it takes place or what it says. What clients write against the RFC without harm passes:
 * no DTSTAMP, DATE where DATE-TIME is the rule, a task that is due before it starts, incomplete
 * alarms, unknown components inside, empty texts.
 *
 * @throws {Refusal} CALDAV:valid-calendar-data, min-date-time, max-date-time, max-instances or
 *   max-attendees-per-instance.
 */
export function checkComponent(component: Component, bounds: IcalBounds): void {
  checkOnce(component);
  checkValues(component);
  if (component.name === "VEVENT") checkEvent(component);
  checkTimes(component, bounds);
  const attendees = valuesOf(component, "ATTENDEE").length;
  if (attendees > bounds.icalAttendeesPerInstance) {
    const text = `more than ${bounds.icalAttendeesPerInstance} attendees`;
    throw refuse.maxAttendeesPerInstance(`the ${placeOf(component)} has ${text}`);
  }
}

/**
 * The rules of RFC 5545 §3.6.5 for a VTIMEZONE.
 *
 * @throws {Refusal} CALDAV:valid-calendar-data.
 */
export function checkTimeZone(zone: Component): void {
  const [tzid, ...more] = valuesOf(zone, "TZID");
  if (more.length > 0 || tzid === undefined || tzid.trim() === "") {
    throw wrong(zone, "must have one TZID");
  }
  if (!zone.components.some(({ name }) => name === "STANDARD" || name === "DAYLIGHT")) {
    throw wrong(zone, "has neither STANDARD nor DAYLIGHT");
  }
  for (const observance of zone.components) checkOnce(observance);
  checkValues(zone);
}

/** Properties that a component has at most once (RFC 5545 §3.6.1 to §3.6.4). */
const once: ReadonlySet<string> = new Set([
  "CLASS",
  "COMPLETED",
  "CREATED",
  "DESCRIPTION",
  "DTEND",
  "DTSTAMP",
  "DTSTART",
  "DUE",
  "DURATION",
  "GEO",
  "LAST-MODIFIED",
  "LOCATION",
  "ORGANIZER",
  "PERCENT-COMPLETE",
  "PRIORITY",
  "RECURRENCE-ID",
  "SEQUENCE",
  "STATUS",
  "SUMMARY",
  "TRANSP",
  "TZOFFSETFROM",
  "TZOFFSETTO",
  "UID",
  "URL",
]);

function checkOnce(component: Component): void {
  const seen = new Set<string>();
  for (const { name } of component.lines) {
    if (!once.has(name)) continue;
    const many = name === "DESCRIPTION" && component.name === "VJOURNAL";
    if (seen.has(name) && !many) throw wrong(component, `has ${name} twice`);
    seen.add(name);
  }
}

/** The end of a sentence on what is wrong with the value, or undefined. */
type Fault = (value: string) => string | undefined;

const aTime: Fault = (value) =>
  timeForm(value) === undefined ? `has a wrong date: ${value.slice(0, 40)}` : undefined;

/** Also where nothing follows from it, clients leave it empty. */
const aTimeOrNothing: Fault = (value) => value === "" ? undefined : aTime(value);

const times: Fault = (value) =>
  value === "" || value.split(",").every((item) => timeForm(item) !== undefined || isPeriod(item))
    ? undefined
    : "has a wrong date";

const faults: ReadonlyMap<string, Fault> = new Map([
  ["DTSTART", aTime],
  ["DTEND", aTime],
  ["DUE", aTime],
  ["RECURRENCE-ID", aTime],
  ["EXDATE", times],
  ["RDATE", times],
  ["COMPLETED", aTimeOrNothing],
  ["CREATED", aTimeOrNothing],
  ["DTSTAMP", aTimeOrNothing],
  ["LAST-MODIFIED", aTimeOrNothing],
  ["DURATION", (value) => isDuration(value) ? undefined : "is no duration"],
  ["TZOFFSETFROM", (value) => isUtcOffset(value) ? undefined : "is no UTC offset"],
  ["TZOFFSETTO", (value) => isUtcOffset(value) ? undefined : "is no UTC offset"],
  ["RRULE", ruleFault],
  ["EXRULE", ruleFault],
]);

/** In the component and in those inside it, alarms and made-up ones excepted. */
function checkValues(component: Component): void {
  for (const { name, value, number } of component.lines) {
    const fault = faults.get(name)?.(value);
    if (fault !== undefined) throw refuse.validCalendarData(`line ${number}: ${name} ${fault}`);
  }
  for (const inner of component.components) {
    if (inner.name !== "VALARM" && !inner.name.startsWith("X-")) checkValues(inner);
  }
}

/** RFC 5545 §3.6.1. */
function checkEvent(event: Component): void {
  const find = (name: string) => event.lines.find((line) => line.name === name);
  const start = find("DTSTART");
  const end = find("DTEND");
  const duration = find("DURATION");
  if (start === undefined) throw wrong(event, "has no DTSTART");
  if (end !== undefined && duration !== undefined) {
    throw wrong(event, "has both DTEND and DURATION");
  }
  if (duration !== undefined && /^-.*[1-9]/.test(duration.value)) throw endsEarly(event);
  if (end === undefined) return;
  const forms = [start, end].map(({ value }) => timeForm(value));
  if (forms.includes("date") && forms[0] !== forms[1]) {
    throw wrong(event, "has a DATE and a DATE-TIME as DTSTART and DTEND");
  }
  if (frameOf(start) === frameOf(end) && end.value < start.value) throw endsEarly(event);
}

/** Values of one frame compare as text; to compare others takes the definition of their zones. */
const frameOf = (line: ContentLine): string =>
  timeForm(line.value) === "local" ? parameter(line, "TZID")?.trim() ?? "" : "utc";

/** Properties whose times are those of instances. */
const instanceTimes: ReadonlySet<string> = new Set([
  "DTSTART",
  "DTEND",
  "DUE",
  "RECURRENCE-ID",
  "RDATE",
]);

function checkTimes(component: Component, bounds: IcalBounds): void {
  let dates = 0;
  for (const { name, value, number } of component.lines) {
    if (!instanceTimes.has(name)) continue;
    for (const item of value.split(",")) {
      if (item === "") continue;
      const time = item.includes("T") ? item.slice(0, 15) : `${item.slice(0, 8)}T000000`;
      const text = `line ${number}: ${item.slice(0, 16)}`;
      if (time < bounds.icalDateTimeMin.slice(0, 15)) {
        throw refuse.minDateTime(`${text} is too early`);
      }
      if (time > bounds.icalDateTimeMax.slice(0, 15)) {
        throw refuse.maxDateTime(`${text} is too late`);
      }
      if (name === "RDATE") dates++;
    }
  }
  if (dates > bounds.icalInstances) {
    throw refuse.maxInstances(`there are more than ${bounds.icalInstances} RDATEs`);
  }
}

const placeOf = ({ name, number }: Component): string => `${name} of line ${number}`;

const wrong = (component: Component, fault: string) =>
  refuse.validCalendarData(`the ${placeOf(component)} ${fault}`);

const endsEarly = (component: Component) => wrong(component, "ends before it starts");
