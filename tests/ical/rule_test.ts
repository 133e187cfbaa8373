import { assertEquals } from "@std/assert";
import ICAL from "ical.js";
import { ruleFault } from "../../src/ical/rule.ts";

const cases: Readonly<Record<string, string | undefined>> = {
  "": undefined,
  "FREQ=DAILY": undefined,
  "freq=DAILY;interval=2": undefined,
  "FREQ=DAILY;": undefined,
  "FREQ=YEARLY;UNTIL=20260105": undefined,
  "FREQ=YEARLY;UNTIL=20260105T090000": undefined,
  "FREQ=YEARLY;UNTIL=20260105T090000Z;WKST=SU": undefined,
  "FREQ=MONTHLY;BYDAY=-1FR,+2MO,SU;BYSETPOS=-1,1;COUNT=10": undefined,
  "FREQ=MONTHLY;BYMONTHDAY=-31,+31,1;BYMONTH=1,12": undefined,
  "FREQ=YEARLY;BYYEARDAY=-366,366;BYWEEKNO=-53,53;BYHOUR=0,23;BYMINUTE=0,59;BYSECOND=0,60":
    undefined,
  "RSCALE=GREGORIAN;FREQ=YEARLY;SKIP=FORWARD": undefined,
  "FREQ=DAILY;X-NOTE=1": undefined,
  "FREQ=DAILY;COUNT=2147483647;INTERVAL=1000000000": undefined,
  "INTERVAL=2": "has no FREQ",
  "FREQ=": "has a wrong FREQ",
  "FREQ": "has a wrong FREQ",
  "FREQ=FORTNIGHTLY": "has a wrong FREQ",
  "FREQ=DAILY=WEEKLY": "has a wrong FREQ",
  "FREQ=DAILY;FREQ=WEEKLY": "has FREQ twice",
  "FREQ=DAILY;COUNT=0": "has a wrong COUNT",
  "FREQ=DAILY;COUNT=-1": "has a wrong COUNT",
  "FREQ=DAILY;COUNT=two": "has a wrong COUNT",
  "FREQ=DAILY;COUNT=9999999999999999": "has a wrong COUNT",
  "FREQ=DAILY;INTERVAL=0": "has a wrong INTERVAL",
  "FREQ=DAILY;INTERVAL=1.5": "has a wrong INTERVAL",
  "FREQ=DAILY;UNTIL=20260230": "has a wrong UNTIL",
  "FREQ=DAILY;UNTIL=tomorrow": "has a wrong UNTIL",
  "FREQ=DAILY;COUNT=2;UNTIL=20260110": "has both COUNT and UNTIL",
  "FREQ=WEEKLY;BYDAY=XX": "has a wrong BYDAY",
  "FREQ=WEEKLY;BYDAY=": "has a wrong BYDAY",
  "FREQ=WEEKLY;BYDAY=MO,": "has a wrong BYDAY",
  "FREQ=MONTHLY;BYDAY=0MO": "has a wrong BYDAY",
  "FREQ=MONTHLY;BYDAY=54MO": "has a wrong BYDAY",
  "FREQ=MONTHLY;BYMONTHDAY=0": "has a wrong BYMONTHDAY",
  "FREQ=MONTHLY;BYMONTHDAY=32": "has a wrong BYMONTHDAY",
  "FREQ=YEARLY;BYMONTH=13": "has a wrong BYMONTH",
  "FREQ=YEARLY;BYMONTH=-1": "has a wrong BYMONTH",
  "FREQ=YEARLY;BYYEARDAY=367": "has a wrong BYYEARDAY",
  "FREQ=YEARLY;BYWEEKNO=54": "has a wrong BYWEEKNO",
  "FREQ=YEARLY;BYSETPOS=0": "has a wrong BYSETPOS",
  "FREQ=DAILY;BYHOUR=24": "has a wrong BYHOUR",
  "FREQ=DAILY;BYMINUTE=60": "has a wrong BYMINUTE",
  "FREQ=DAILY;BYSECOND=61": "has a wrong BYSECOND",
  "FREQ=DAILY;WKST=1": "has a wrong WKST",
  "FREQ=DAILY;SKIP=MAYBE": "has a wrong SKIP",
  "FREQ=DAILY;BYEASTER=1": "has an unknown part BYEASTER",
  "every day": "has an unknown part every day",
};

for (const [rule, fault] of Object.entries(cases)) {
  Deno.test(`The rule ${JSON.stringify(rule)} ${fault ?? "is right"}`, () => {
    assertEquals(ruleFault(rule), fault);
    if (fault === undefined) ICAL.parse.property(`RRULE:${rule}`);
  });
}

Deno.test("A rule that is too long is not taken apart", () => {
  assertEquals(ruleFault(`FREQ=DAILY;BYDAY=MO${",MO".repeat(2000)}`), "is too long");
});
