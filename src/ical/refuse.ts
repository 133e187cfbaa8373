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

/**
 * The sentence with another number for the line that it names, if it names one: it begins with it, or
 * with the component that begins there.
 */
export const withLine = (sentence: string, numberOf: (line: number) => number | string): string =>
  sentence.replace(
    namedLine,
    (_, before: string, line: string) => `${before}${numberOf(Number(line))}`,
  );

/** As {@linkcode withLine} finds it. */
export function lineOf(sentence: string): number | undefined {
  const [, , line] = namedLine.exec(sentence) ?? [];
  return line === undefined ? undefined : Number(line);
}

const namedLine = /^(Line |The [\w.-]+ of line )(\d+)/;

/** As where a body of a request is too large altogether. */
const tooLarge = 413;

const refusal = (precondition: PreconditionName, fault: string, status = 403) =>
  new Refusal(status, precondition, { text: `${fault.charAt(0).toUpperCase()}${fault.slice(1)}.` });
