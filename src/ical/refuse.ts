import { type PreconditionName, Refusal } from "../refusal.ts";
import { C } from "../xml/names.ts";

/**
 * What is refused of the content of a calendar object resource (RFC 4791 §5.3.2.1); `fault` becomes
 * the sentence for people. 403 also where the RFC allows 409: clients read 409 as an edit conflict.
 */
export const refuse = {
  /** Not iCalendar 2.0, or against a rule of RFC 5545. */
  validCalendarData: (fault: string) => refusal(C.validCalendarData, fault),
  /** iCalendar, but not what one resource may hold (RFC 4791 §4.1). */
  validCalendarObjectResource: (fault: string) => refusal(C.validCalendarObjectResource, fault),
  maxAttendeesPerInstance: (fault: string) => refusal(C.maxAttendeesPerInstance, fault),
  maxInstances: (fault: string) => refusal(C.maxInstances, fault),
  minDateTime: (fault: string) => refusal(C.minDateTime, fault),
  maxDateTime: (fault: string) => refusal(C.maxDateTime, fault),
  maxResourceSize: (fault: string) => refusal(C.maxResourceSize, fault, tooLarge),
};

/** As where a body of a request is too large altogether. */
const tooLarge = 413;

const refusal = (precondition: PreconditionName, fault: string, status = 403) =>
  new Refusal(status, precondition, { text: `${fault.charAt(0).toUpperCase()}${fault.slice(1)}.` });
