import { type CompPart, partOf } from "../ical/partial.ts";
import { textOf } from "../ical/text.ts";
import type { Body } from "../model.ts";
import { Refusal } from "../refusal.ts";
import { C, D } from "../xml/names.ts";
import { childNamed, childrenNamed, type XmlElement } from "../xml/tree.ts";
import { allprop, type Asked, askedProp } from "./properties.ts";

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
 * @throws {Refusal} 403 CALDAV:supported-calendar-data: in another form than iCalendar 2.0.
 */
export function calendarDataWriter(asked: Asked): (body: Body) => string {
  const wanted = calendarDataIn(asked);
  if (wanted === undefined) return textOf;
  checkForm(wanted);
  const comp = childNamed(wanted, C.comp);
  const part = comp && compPart(comp);
  return part ? (body) => partOf(textOf(body), part) : textOf;
}

const calendarDataIn = (asked: Asked): XmlElement | undefined =>
  asked.kind === "prop" ? asked.elements.find(({ name }) => name === C.calendarData) : undefined;

function checkForm({ attributes }: XmlElement): void {
  const { "content-type": type = "text/calendar", version = "2.0" } = attributes;
  if (type.toLowerCase() !== "text/calendar" || version !== "2.0") {
    throw new Refusal(403, C.supportedCalendarData);
  }
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
