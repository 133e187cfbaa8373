import { addMemberName } from "./add_member.ts";
import { calendarComponents } from "../calendar/components.ts";
import { boundsOf } from "../calendar/quota.ts";
import {
  calendarTimezoneId,
  calendarTimezoneText,
  readCalendarTimezone,
  readTimezoneId,
} from "../ical/timezone.ts";
import { collationNames } from "../ical/text_match.ts";
import { limits } from "../limits.ts";
import { calendarForms } from "../dav/calendar_data.ts";
import type { LiveProperty } from "../dav/door.ts";
import { always, live } from "../dav/properties.ts";
import { currentToken } from "../dav/sync_token.ts";
import { timezonesPath } from "../dav/target.ts";
import type { AttachmentForm } from "../model.ts";
import { Refusal } from "../refusal.ts";
import { C, CS, D, V } from "../xml/names.ts";
import { childNamed, el, textOf, type XmlElement } from "../xml/tree.ts";

const component = (name: string): XmlElement => el(C.comp, [], { name });

/** Each choice of components. */
const componentSets: readonly (readonly string[])[] = calendarComponents
  .reduce<string[][]>((sets, name) => [...sets, ...sets.map((set) => [...set, name])], [[]])
  .slice(1);

/** The properties of RFC 4791, and Apple's about the same things. */
export const caldavProperties: readonly LiveProperty[] = [
  live({
    name: D.resourcetype,
    on: ["calendar-home"],
    allprop: true,
    get: always(el(D.collection)),
  }),
  live({
    name: D.resourcetype, // RFC 4791 §4.2
    on: ["calendar"],
    allprop: true,
    get: always(el(D.collection), el(C.calendar)),
  }),
  live({
    name: D.resourcetype,
    on: ["subscription"],
    allprop: true,
    get: always(el(D.collection), el(CS.subscribed)),
  }),
  live({
    name: D.resourcetype, // RFC 6638 §2.1, §2.2: and nothing else, or macOS hides them
    on: ["inbox"],
    allprop: true,
    get: always(el(D.collection), el(C.scheduleInbox)),
  }),
  live({
    name: D.resourcetype,
    on: ["outbox"],
    allprop: true,
    get: always(el(D.collection), el(C.scheduleOutbox)),
  }),
  live({
    name: D.resourcetype,
    on: ["notification"],
    allprop: true,
    get: always(el(D.collection), el(CS.notification)),
  }),
  live({
    name: C.supportedCalendarComponentSet, // RFC 4791 §5.2.3
    on: ["calendar"],
    allprop: false,
    get: ({ collection }) => (collection.components ?? calendarComponents).map(component),
  }),
  live({
    name: C.supportedCalendarComponentSets, // Apple's: which sets a calendar can be made with
    on: ["calendar-home"],
    allprop: false,
    get: always(
      ...componentSets.map((names) => el(C.supportedCalendarComponentSet, names.map(component))),
    ),
  }),
  live({
    name: CS.allowedCalendarComponentSet, // OS X 10.7 and iOS 5 ask the principal
    on: ["principal", "calendar-home"],
    allprop: false,
    get: always(...calendarComponents.map(component)),
  }),
  live({
    name: D.addMember, // RFC 5995 §3.2.2
    on: ["calendar"],
    allprop: false,
    get: ({ href }) => [el(D.href, [href + addMemberName])],
  }),
  live({
    name: C.supportedCalendarData, // RFC 4791 §5.2.4
    on: ["calendar", "calendar-home"],
    allprop: false,
    get: always(
      ...calendarForms.map(({ type, version }) =>
        el(C.calendarData, [], { "content-type": type, version })
      ),
    ),
  }),
  live({
    name: C.supportedCollationSet, // RFC 4791 §7.5.1
    on: ["calendar-home", "calendar", "subscription", "inbox"],
    allprop: false,
    get: always(...collationNames.map((name) => el(C.supportedCollation, [name]))),
  }),
  live({
    name: C.maxResourceSize, // RFC 4791 §5.2.5
    on: ["calendar"],
    allprop: false,
    get: ({ owner }, { services: { config } }) => [
      String(boundsOf(owner, config).calendarObjectBytes),
    ],
  }),
  live({
    name: C.minDateTime, // RFC 4791 §5.2.6
    on: ["calendar"],
    allprop: false,
    get: always(limits.icalDateTimeMin),
  }),
  live({
    name: C.maxDateTime, // RFC 4791 §5.2.7
    on: ["calendar"],
    allprop: false,
    get: always(limits.icalDateTimeMax),
  }),
  live({
    name: C.maxInstances, // RFC 4791 §5.2.8
    on: ["calendar"],
    allprop: false,
    get: always(String(limits.icalInstances)),
  }),
  live({
    name: C.maxAttendeesPerInstance, // RFC 4791 §5.2.9
    on: ["calendar"],
    allprop: false,
    get: always(String(limits.icalAttendeesPerInstance)),
  }),
  live({
    name: C.managedAttachmentsServerURL, // RFC 8607 §6.1: empty is "where the calendars are"
    on: ["calendar-home"],
    allprop: false,
    get: (_, { services: { config: { baseUrl } } }) =>
      baseUrl === undefined ? [] : [el(D.href, [baseUrl])],
  }),
  live({
    name: C.maxAttachmentSize, // RFC 8607 §6.2
    on: ["calendar"],
    allprop: false,
    get: ({ owner }, { services: { config } }) => [
      String(boundsOf(owner, config).attachmentBytes),
    ],
  }),
  live({
    name: C.maxAttachmentsPerResource, // RFC 8607 §6.3
    on: ["calendar"],
    allprop: false,
    get: always(String(limits.attachmentsPerResource)),
  }),
  live({
    name: V.attachments,
    on: ["calendar"],
    allprop: false,
    get: ({ collection: { attachments } }) => [attachments],
    set: (value, { holder, at }) => [{
      kind: "set-collection",
      id: holder.id,
      attachments: value ? attachmentForm(textOf(value)) : "inline",
      at,
    }],
  }),
  live({
    name: C.calendarTimezone, // RFC 4791 §5.2.2
    on: ["calendar"],
    allprop: false,
    get: ({ collection: { timezone } }) =>
      timezone === undefined ? undefined : [calendarTimezoneText(timezone)],
    set: (value, { holder, at }) => [{
      kind: "set-collection",
      id: holder.id,
      timezone: value && textOf(value).trim() !== "" ? readCalendarTimezone(textOf(value)) : null,
      at,
    }],
  }),
  live({
    name: C.calendarTimezoneId, // RFC 7809 §5.2: the same zone, by its name
    on: ["calendar"],
    allprop: false,
    get({ collection: { timezone } }, { zones, services }) {
      const id = timezone && calendarTimezoneId(timezone, zones, services.clock());
      return id ? [id] : undefined;
    },
    set: (value, { holder, at }) => [{
      kind: "set-collection",
      id: holder.id,
      timezone: value && textOf(value).trim() !== "" ? readTimezoneId(textOf(value)) : null,
      at,
    }],
  }),
  live({
    name: C.timezoneServiceSet, // RFC 7809 §5.1
    on: ["principal", "calendar-home"],
    allprop: false,
    get: always(el(D.href, [timezonesPath])),
  }),
  live({
    name: C.scheduleCalendarTransp, // RFC 6638 §9.1
    on: ["calendar"],
    allprop: false,
    get: ({ collection }) => [el(collection.transparent ? C.transparent : C.opaque)],
    set: (value, { holder, at }) => [{
      kind: "set-collection",
      id: holder.id,
      transparent: value !== null && childNamed(value, C.transparent) !== undefined,
      at,
    }],
  }),
  live({
    name: CS.getctag,
    on: ["calendar-home", "calendar", "inbox", "subscription"],
    allprop: false,
    get: ({ collection, epoch }) => [currentToken(collection, epoch)],
  }),
  live({
    name: C.calendarData, // RFC 4791 §9.6: where a report has loaded it
    on: ["calendar-object"],
    allprop: false,
    get: ({ content }) => content && [],
    written: ({ content }, { calendarData }) => content && calendarData?.(content),
  }),
];

/** @throws {Refusal} 409 (RFC 4918 §9.2.1) */
function attachmentForm(text: string): AttachmentForm {
  const form = text.trim();
  if (form === "inline" || form === "managed") return form;
  throw new Refusal(409, undefined, { text: "attachments are inline or managed" });
}
