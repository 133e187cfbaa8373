import { limits } from "../limits.ts";
import { Refusal } from "../refusal.ts";
import { C, D } from "../xml/names.ts";

/**
 * What this room refuses, and by which element (RFC 4791 §5.3.1.1, §5.3.2.1; RFC 4918 §9; RFC 8607). 403 also
 * where the RFC allows 409: clients read a 409 as an edit conflict.
 */
export const refuse = {
  /** `allowed`: the components that the calendar takes. */
  supportedCalendarComponent: (component: string, allowed: readonly string[]) =>
    new Refusal(403, C.supportedCalendarComponent, {
      text: `this calendar takes ${allowed.join(", ")}, not ${component}`,
    }),
  /** A set is an initial value (RFC 4791 §5.2.3); another one would mislead whoever asked for it. */
  noCalendarFor: (components: readonly string[], possible: readonly string[]) =>
    new Refusal(403, C.supportedCalendarComponent, {
      text: `calendars take ${possible.join(", ")}, not ${components.join(", ").slice(0, 80)}`,
    }),
  /** `holder`: href of the object that has the UID. */
  noUidConflict: (holder: string) =>
    new Refusal(403, C.noUidConflict, {
      href: holder,
      text: "another object of this calendar has the same UID",
    }),
  /** The UID of an object that is replaced stays the same (RFC 4791 §5.3.2.1). */
  uidChanged: (holder: string) =>
    new Refusal(403, C.noUidConflict, {
      href: holder,
      text: "the UID of a calendar object resource can't change",
    }),
  /** What the server itself would make of it. */
  tooLarge: (bytes: number) =>
    new Refusal(403, C.maxResourceSize, { text: `the object would have more than ${bytes} bytes` }),
  calendarLocation: () =>
    new Refusal(403, C.calendarCollectionLocationOk, {
      text: "calendars stand directly in a calendar home, under a name that is not reserved",
    }),
  calendarOfOther: () =>
    new Refusal(403, C.calendarCollectionLocationOk, {
      text: "a calendar stays, with its copies, in the home of its owner",
    }),
  collectionLocation: () =>
    new Refusal(403, undefined, {
      text: "a calendar holds no collections, and this name may be reserved",
    }),
  resourceMustBeNull: () =>
    new Refusal(403, D.resourceMustBeNull, { text: "there is a resource at this URL already" }),
  /** RFC 4791 §7.10; 507 as RFC 6578 §3.6 and clients have it. */
  tooManyBusyPeriods: () =>
    new Refusal(507, D.numberOfMatchesWithinLimits, {
      text: "there are too many busy periods in this time",
    }),
  /** RFC 8607 §3.11, of the query of a POST. */
  validActionParameter: () =>
    new Refusal(403, C.validActionParameter, {
      text: "the action must be attachment-add, attachment-update or attachment-remove",
    }),
  validRidParameter: () =>
    new Refusal(403, C.validRidParameter, {
      text: "rid must name instances of this object, each once, and not where one is updated",
    }),
  validManagedIdParameter: () =>
    new Refusal(403, C.validManagedIdParameter, {
      text: "managed-id must name an attachment that is there, and not where one is added",
    }),
  /** RFC 8607 §3.11, of what is PUT. */
  validManagedId: (id: string) =>
    new Refusal(403, C.validManagedId, {
      text: `there is no attachment with the MANAGED-ID ${id.slice(0, 40)}`,
    }),
  maxAttachmentsPerResource: () =>
    new Refusal(403, C.maxAttachmentsPerResource, {
      text: `one object may have ${limits.attachmentsPerResource} attachments`,
    }),
  reserved: () =>
    new Refusal(403, undefined, { text: "this collection belongs to the account and stays" }),
};
