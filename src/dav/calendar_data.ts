import { jcalOf } from "../ical/jcal/write.ts";
import { type CompPart, partOf } from "../ical/partial.ts";
import { textOf } from "../ical/text.ts";
import type { Body } from "../model.ts";
import { Refusal } from "../refusal.ts";
import { C, D } from "../xml/names.ts";
import { childNamed, childrenNamed, type XmlElement } from "../xml/tree.ts";
import { allprop, type Asked, askedProp } from "./properties.ts";
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

/**
 * How CALDAV:calendar-data (RFC 4791 §9.6) is asked for.
 *
 * @throws {Refusal} 403 CALDAV:supported-calendar-data: neither as iCalendar 2.0 nor as jCal.
 */
export function calendarDataWriter(asked: Asked): (body: Body) => string {
  const wanted = calendarDataIn(asked);
  if (wanted === undefined) return textOf;
  const jcal = isJcal(wanted);
  const comp = childNamed(wanted, C.comp);
  const part = comp && compPart(comp);
  return (body) => {
    const whole = textOf(body);
    const text = part ? partOf(whole, part) : whole;
    return jcal ? jcalOf(text) : text;
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
