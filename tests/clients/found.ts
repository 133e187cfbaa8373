import { C, D, type XmlName } from "../../src/xml/names.ts";
import { childrenNamed, elementsOf, textOf } from "../../src/xml/tree.ts";
import type { Found } from "../harness.ts";

/** What programs read in a DAV:response, empty where it does not tell. */

const inside = (found: Found | undefined, name: XmlName) => {
  const property = found?.prop(name);
  return property ? elementsOf(property) : [];
};

/** DAV:resourcetype. */
export const typesOf = (found: Found | undefined): XmlName[] =>
  inside(found, D.resourcetype).map(({ name }) => name);

/** CALDAV:supported-calendar-component-set. */
export const componentsOf = (found: Found | undefined): string[] =>
  inside(found, C.supportedCalendarComponentSet).map(({ attributes }) => attributes.name ?? "");

/** DAV:current-user-privilege-set. */
export const privilegesOf = (found: Found | undefined): XmlName[] =>
  inside(found, D.currentUserPrivilegeSet).flatMap((one) =>
    elementsOf(one).map(({ name }) => name)
  );

/** DAV:supported-report-set. */
export const reportsOf = (found: Found | undefined): XmlName[] =>
  inside(found, D.supportedReportSet)
    .flatMap((one) => childrenNamed(one, D.report))
    .flatMap((one) => elementsOf(one).map(({ name }) => name));

/** CALDAV:calendar-data, to the last character. */
export function dataOf(found: Found | undefined): string {
  const data = found?.prop(C.calendarData);
  return data ? textOf(data) : "";
}

/** The lines with these names of each event, task or journal entry in the data. */
export const instancesOf = (found: Found | undefined, ...names: readonly string[]): string[][] =>
  dataOf(found).split(/^BEGIN:(?:VEVENT|VTODO|VJOURNAL)$/m).slice(1)
    .map((one) =>
      one.split(/\r?\n/).filter((line) => names.includes(line.split(/[;:]/, 1)[0] ?? ""))
    );
