import { C, D, type XmlName } from "../../src/xml/names.ts";
import { el, type XmlElement } from "../../src/xml/tree.ts";

/** The XML bodies of requests, as trees: each client writes them in its own style. */

export const propfind = (...names: readonly XmlName[]): XmlElement => el(D.propfind, [prop(names)]);

/** Sets all of them, in one DAV:set. */
export const proppatch = (...properties: readonly XmlElement[]): XmlElement =>
  el(D.propertyupdate, [el(D.set, [el(D.prop, properties)])]);

export const mkcalendar = (...properties: readonly XmlElement[]): XmlElement =>
  el(C.mkcalendar, [el(D.set, [el(D.prop, properties)])]);

export const mkcol = (...properties: readonly XmlElement[]): XmlElement =>
  el(D.mkcol, [el(D.set, [el(D.prop, properties)])]);

/** `level`: null leaves DAV:sync-level out, as old programs do. */
export const syncCollection = (
  token: string,
  { names = [], level = "1" }: {
    readonly names?: readonly XmlName[];
    readonly level?: string | null;
  } = {},
): XmlElement =>
  el(D.syncCollection, [
    el(D.syncToken, token === "" ? [] : [token]),
    ...(level === null ? [] : [el(D.syncLevel, [level])]),
    prop(names.length > 0 ? names : [D.getetag, D.getcontenttype]),
  ]);

/** The hrefs are sent as they are given. */
export const multiget = (
  hrefs: readonly string[],
  names: readonly XmlName[] = [],
): XmlElement =>
  el(C.calendarMultiget, [
    prop(names.length > 0 ? names : [D.getetag, C.calendarData]),
    ...hrefs.map((href) => el(D.href, [href])),
  ]);

/** CALDAV:calendar-query with these properties and this inside the filter for VCALENDAR. */
export const query = (
  properties: readonly XmlElement[],
  ...filters: readonly XmlElement[]
): XmlElement =>
  el(C.calendarQuery, [
    el(D.prop, properties),
    el(C.filter, [el(C.compFilter, filters, { name: "VCALENDAR" })]),
  ]);

/** CALDAV:comp-filter for a component that is there in this time, where there is one. */
export const during = (component: string, range?: Partial<Range>): XmlElement =>
  having(component, ...range ? [el(C.timeRange, [], { ...range })] : []);

/** CALDAV:comp-filter for a component that has all of this inside. */
export const having = (component: string, ...filters: readonly XmlElement[]): XmlElement =>
  el(C.compFilter, filters, { name: component });

/** CALDAV:prop-filter: that there is no such property. */
export const without = (property: string): XmlElement =>
  el(C.propFilter, [el(C.isNotDefined)], { name: property });

/** CALDAV:prop-filter: that a property says this; `how` are attributes of CALDAV:text-match. */
export const saying = (
  property: string,
  text: string,
  how: Readonly<Record<string, string>> = {},
): XmlElement => el(C.propFilter, [el(C.textMatch, [text], how)], { name: property });

/** CALDAV:calendar-data with the instances of this time. */
export const expand = (range: Range): XmlElement =>
  el(C.calendarData, [el(C.expand, [], { ...range })]);

/** Of CALDAV:time-range and CALDAV:expand. */
export interface Range {
  readonly start: string;
  readonly end: string;
}

/** `searches`: a property each, with the text that it is to hold and how it is compared. */
export const principalSearch = (
  searches: readonly (readonly [
    name: XmlName,
    text: string,
    match?: Readonly<Record<string, string>>,
  ])[],
  names: readonly XmlName[],
  { everywhere = false, ...attributes }: {
    readonly everywhere?: boolean;
    readonly test?: string;
    readonly type?: string;
  } = {},
): XmlElement =>
  el(D.principalPropertySearch, [
    ...searches.map(([name, text, match]) =>
      el(D.propertySearch, [prop([name]), el(D.match, [text], match)])
    ),
    prop(names),
    ...(everywhere ? [el(D.applyToPrincipalCollectionSet)] : []),
  ], attributes);

/** CALDAV:supported-calendar-component-set. */
export const components = (...names: readonly string[]): XmlElement =>
  el(C.supportedCalendarComponentSet, names.map((name) => el(C.comp, [], { name })));

const prop = (names: readonly XmlName[]): XmlElement => el(D.prop, names.map((name) => el(name)));
