import { tellTimezones, type Timezones } from "../ical/by_reference.ts";
import { encodeSegment } from "../http/path.ts";
import { writeJcal } from "../ical/jcal/write.ts";
import { type CompPart, takePart } from "../ical/partial.ts";
import { expand as expandSteps } from "../ical/expand.ts";
import { Budgets } from "../ical/instances.ts";
import type { TimeRange } from "../ical/interval.ts";
import { dropOtherOverrides, dropOtherPeriods } from "../ical/limit_sets.ts";
import { createZones, type Zones } from "../ical/moment.ts";
import { zoneOfCalendar } from "../ical/timezone.ts";
import { readDigits } from "../ical/values.ts";
import { utcZone, type Zone } from "../ical/zone.ts";
import { limits } from "../limits.ts";
import type { StoredObject } from "../model.ts";
import { Refusal } from "../refusal.ts";
import { atOnce, longChars, soon, type Steps } from "../steps.ts";
import type { Store } from "../store/store.ts";
import { C, D, type XmlName } from "../xml/names.ts";
import { childNamed, childrenNamed, type XmlElement } from "../xml/tree.ts";
import { allprop, type Asked, askedProp } from "./properties.ts";
import type { Look } from "./door.ts";
import { linkedObject } from "./inline_links.ts";
import type { CollectionResource } from "./resource.ts";
import { escapeAround, Splices, valueTexts } from "./splices.ts";
import { jcalType } from "./variant.ts";

/** CALDAV:supported-calendar-data (RFC 4791 §5.2.4): also what can be PUT. */
export const calendarForms: readonly { readonly type: string; readonly version: string }[] = [
  { type: "text/calendar", version: "2.0" },
  { type: jcalType, version: "2.0" },
];

/** What a report asks of each object: DAV:prop, or DAV:allprop or DAV:propname in its place. */
export function askedOfObjects(body: XmlElement): Asked {
  const prop = childNamed(body, D.prop);
  if (!prop) return childNamed(body, D.propname) ? { kind: "propname" } : allprop;
  return askedProp(prop);
}

/** Whether the answer holds the content of the objects. */
export const wantsContent = (asked: Asked): boolean => calendarDataIn(asked) !== undefined;

/** In which calendars the objects are, what times there mean, and where large values are. */
export interface CalendarPlaces {
  readonly store: Store;
  readonly parents: readonly CollectionResource[];
  readonly timezones: Timezones;
  /** The origin that the client sees, where it is told links in place of attachments. */
  readonly linksAt?: string;
  /** In which floating times are, instead of the calendar's own zone (RFC 4791 §9.8). */
  readonly zone?: Zone;
}

/** Writes CALDAV:calendar-data of an object, with marks for the values that `splices` will put there. */
export interface CalendarDataWriter {
  readonly calendarData: NonNullable<Look["calendarData"]>;
  readonly prepare: NonNullable<Look["prepare"]>;
  readonly splices: Splices;
}

/**
 * How CALDAV:calendar-data (RFC 4791 §9.6) is asked for, of objects in these calendars.
 *
 * @throws {Refusal} 403 CALDAV:supported-calendar-data: neither as iCalendar 2.0 nor as jCal; 400 for
 *   a time range that is none. What the result throws is of one object alone.
 */
export function calendarDataWriter(
  asked: Asked,
  { parents, timezones, linksAt, zone, store }: CalendarPlaces,
): CalendarDataWriter {
  const wanted = calendarDataIn(asked);
  if (wanted === undefined) {
    return {
      calendarData: () => "",
      prepare: () => undefined,
      splices: new Splices(store),
    };
  }
  const jcal = isJcal(wanted);
  const comp = childNamed(wanted, C.comp);
  const part = comp && compPart(comp);
  const limited = recurrenceWriter(wanted);
  const places = new Map(parents.map(({ href, collection: { id, timezone } }) => [
    id,
    { href, zones: once(() => createZones(zone ?? zoneOfCalendar(timezone))) },
  ]));
  const known = once(() => createZones(utcZone));
  const splices = new Splices(store, jcal ? valueTexts.unfolded : valueTexts.asSent);
  const write = function* (content: StoredObject): Steps<string> {
    if (content.body.length > longChars) yield;
    const at = places.get(content.collectionId);
    const told = linksAt !== undefined && at
      ? linkedObject(content, linksAt + at.href + encodeSegment(content.name))
      : content;
    const written = splices.textOf(told);
    const chosen = limited && at ? yield* limited(written, at.zones()) : written;
    const whole = timezones === "as-written"
      ? chosen
      : yield* tellTimezones(chosen, timezones, known());
    const text = part ? yield* takePart(whole, part) : whole;
    return yield* escapeAround(jcal ? yield* writeJcal(text) : text);
  };
  let prepared: { readonly of: StoredObject; readonly text: string | Refusal } | undefined;
  return {
    prepare(content) {
      const keep = (text: string | Refusal) => {
        prepared = { of: content, text };
      };
      const text = soon(orRefusal(write(content)));
      return text instanceof Promise ? text.then(keep) : keep(text);
    },
    calendarData(content) {
      if (prepared?.of !== content) return atOnce(write(content));
      if (prepared.text instanceof Refusal) throw prepared.text;
      return prepared.text;
    },
    splices,
  };
}

const calendarDataIn = (asked: Asked): XmlElement | undefined =>
  asked.kind === "prop" ? asked.elements.find(({ name }) => name === C.calendarData) : undefined;

function isJcal({ attributes }: XmlElement): boolean {
  const { "content-type": type = "text/calendar", version = "2.0" } = attributes;
  const form = calendarForms.find(({ type: one }) => one === type.toLowerCase());
  if (form === undefined || version !== form.version) {
    throw new Refusal(403, C.supportedCalendarData);
  }
  return form.type === jcalType;
}

type TextWriter = (text: string, zones: Zones) => Steps<string>;

/** CALDAV:expand or CALDAV:limit-recurrence-set, and CALDAV:limit-freebusy-set. */
function recurrenceWriter(wanted: XmlElement): TextWriter | undefined {
  const rangeOf = (name: XmlName) => {
    const element = childNamed(wanted, name);
    return element && rangeIn(element);
  };
  const expand = rangeOf(C.expand);
  const limit = rangeOf(C.limitRecurrenceSet);
  const periods = rangeOf(C.limitFreebusySet);
  if (expand && limit) throw badRange("calendar-data is expanded or limited, not both");
  const writers: TextWriter[] = [];
  if (expand) writers.push(expandWriter(expand));
  if (limit) writers.push((text, zones) => dropOtherOverrides(text, limit, zones));
  if (periods) writers.push((text, zones) => dropOtherPeriods(text, periods, zones));
  const [first, second] = writers;
  if (first === undefined || second === undefined) return first;
  return function* (text, zones) {
    return yield* second(yield* first(text, zones), zones);
  };
}

/** Of one answer: what is behind `limits.expandedCharacters` of it, or takes too long, is not told. */
function expandWriter(range: TimeRange): TextWriter {
  let left = limits.expandedCharacters;
  const budgets = new Budgets();
  return function* (text, zones) {
    if (left <= 0) throw new Refusal(507, D.numberOfMatchesWithinLimits);
    const instances = yield* expandSteps(text, range, zones, left, budgets.next());
    left -= instances.length;
    return instances;
  };
}

/** Both ends are there, in UTC (RFC 4791 §9.6.5). */
function rangeIn({ attributes: { start = "", end = "" } }: XmlElement): TimeRange {
  const [from, to] = [start, end].map(readDigits);
  if (from?.form !== "utc" || to?.form !== "utc" || from.localMs >= to.localMs) {
    throw badRange("a time range has a start and an end behind it, in UTC");
  }
  return { start: from.localMs, end: to.localMs };
}

const badRange = (text: string) => new Refusal(400, C.validFilter, { text });

function* orRefusal<T>(steps: Steps<T>): Steps<T | Refusal> {
  try {
    return yield* steps;
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

/** One that says nothing is told as a whole, as in the example of RFC 4791 §7.8.1. */
function compPart(comp: XmlElement): CompPart {
  const props = childrenNamed(comp, C.prop);
  const comps = childrenNamed(comp, C.comp);
  const says = (name: typeof C.allprop | typeof C.allcomp) => childNamed(comp, name) !== undefined;
  const isBare = props.length + comps.length === 0 && !says(C.allprop) && !says(C.allcomp);
  return {
    props: isBare || says(C.allprop) ? "all" : new Map(
      props.map(({ attributes: { name = "", novalue } }) => [
        name.toUpperCase(),
        novalue === "yes" ? "novalue" : "value",
      ]),
    ),
    comps: isBare || says(C.allcomp) ? "all" : new Map(
      comps.map((inner) => [(inner.attributes.name ?? "").toUpperCase(), compPart(inner)]),
    ),
  };
}
