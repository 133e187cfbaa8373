import { calendar, component, zone } from "../fixtures/events.ts";

/** Calendar objects that are hard to expand, each with the UID `a`, from 5 January 2026, 09:00 on. */

/** Hours behind the start, as a value of DTSTART. */
export const hour = (hours: number): string =>
  new Date(Date.UTC(2026, 0, 5, 9) + hours * 3_600_000).toISOString().replace(/[-:]|\.\d+/g, "");

/** An event of a second, with these lines. */
export const second = (...lines: readonly string[]): string =>
  calendar(of("VEVENT", "DTSTART:20260105T090000Z", "DURATION:PT1S", ...lines));

/** So many events of the same UID: the first every hour, the others in the place of its instances. */
export const overridden = (count: number, id = "RECURRENCE-ID"): string =>
  calendar(
    of("VEVENT", "DTSTART:20260105T090000Z", "RRULE:FREQ=HOURLY"),
    ...Array.from(
      { length: count - 1 },
      (_, index) => of("VEVENT", `${id}:${hour(index)}`, `DTSTART:${hour(index + 0.5)}`),
    ),
  );

const of = (name: string, ...lines: readonly string[]): string =>
  component(name, ["UID:a", "DTSTAMP:20260101T000000Z", ...lines]);

const numbers = (count: number, from = 0) => Array.from({ length: count }, (_, one) => one + from);

/** Every second of every day. */
const always = `BYHOUR=${numbers(24)};BYMINUTE=${numbers(60)};BYSECOND=${numbers(60)}`;

export const hostileObjects = {
  "COUNT=1000000000": second("RRULE:FREQ=DAILY;COUNT=1000000000"),
  "COUNT=1000000000, every second": second("RRULE:FREQ=SECONDLY;COUNT=1000000000"),
  "COUNT=1000000000, to be counted": second("RRULE:FREQ=MINUTELY;BYDAY=MO;COUNT=1000000000"),
  "every second without end": second("RRULE:FREQ=SECONDLY"),
  "every other second, in a zone": calendar(
    zone("Here"),
    of(
      "VEVENT",
      "DTSTART;TZID=Here:20260105T100000",
      "DURATION:PT1S",
      "RRULE:FREQ=SECONDLY;INTERVAL=2",
    ),
  ),
  "every second, each for a lifetime": calendar(
    of("VEVENT", "DTSTART:20260105T090000Z", "DURATION:P30000D", "RRULE:FREQ=SECONDLY"),
  ),
  "seconds of three hours, each for decades": calendar(
    of(
      "VEVENT",
      "DTSTART:20260105T090000Z",
      "DURATION:P10000D",
      "RRULE:FREQ=MINUTELY;BYSECOND=1,2;BYHOUR=1,2,3",
    ),
  ),
  "a task every second": calendar(
    of("VTODO", "DTSTART:20260105T090000Z", "DURATION:PT1S", "RRULE:FREQ=SECONDLY"),
  ),
  "all seconds of all days of a year": second(
    `RRULE:FREQ=YEARLY;BYMONTHDAY=${numbers(31, 1)};${always}`,
  ),
  "positions among all seconds of a year": second(
    `RRULE:FREQ=YEARLY;BYMONTHDAY=${numbers(31, 1)};${always};BYSETPOS=${numbers(366, 1)}`,
  ),
  "never": second("RRULE:FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30"),
  "hardly ever": second(
    "RRULE:FREQ=SECONDLY;INTERVAL=7919;BYMONTH=2;BYMONTHDAY=29;BYDAY=MO;BYHOUR=3;BYMINUTE=5;BYSECOND=7",
  ),
  "a rule that another takes back": second("RRULE:FREQ=SECONDLY", "EXRULE:FREQ=SECONDLY"),
  "a hundred rules that take back": second(
    "RRULE:FREQ=SECONDLY",
    ...numbers(100, 2).map((interval) => `EXRULE:FREQ=SECONDLY;INTERVAL=${interval}`),
  ),
  "a thousand rules": second(
    ...numbers(1_000, 1).map((interval) => `RRULE:FREQ=SECONDLY;INTERVAL=${interval}`),
  ),
  "10,000 EXDATEs": second(
    "RRULE:FREQ=HOURLY",
    ...numbers(10_000).map((index) => `EXDATE:${hour(index)}`),
  ),
  "10,000 EXDATEs in a list": second(
    "RRULE:FREQ=HOURLY",
    `EXDATE:${numbers(10_000).map(hour)}`,
  ),
  "5,000 overrides": overridden(5_000),
  "1,000 overrides of all that follow": overridden(1_000, "RECURRENCE-ID;RANGE=THISANDFUTURE"),
  "a time zone of hundreds of rules": calendar(
    component("VTIMEZONE", [
      "TZID:Here",
      ...numbers(500).flatMap((index) => [
        "BEGIN:STANDARD",
        "DTSTART:19700101T000000",
        "RRULE:FREQ=YEARLY;BYDAY=MO,TU,WE,TH,FR,SA,SU",
        `TZOFFSETFROM:+0${index % 9}00`,
        `TZOFFSETTO:+0${(index + 1) % 9}00`,
        "END:STANDARD",
      ]),
    ]),
    of("VEVENT", "DTSTART;TZID=Here:20260105T090000", "DURATION:PT1S", "RRULE:FREQ=WEEKLY"),
  ),
  "an alarm that goes off a billion times": second(
    "RRULE:FREQ=SECONDLY",
    ...["BEGIN:VALARM", "ACTION:AUDIO", "TRIGGER:-PT1S", "REPEAT:999999999", "DURATION:PT1S"],
    "END:VALARM",
  ),
} as const;
