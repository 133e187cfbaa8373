import { assertEquals } from "@std/assert";
import { C, D, type XmlName } from "../../src/xml/names.ts";
import { el, elementsOf, type XmlElement } from "../../src/xml/tree.ts";
import { documentXml } from "../../src/xml/write.ts";
import { during, expand, query, type Range } from "../clients/bodies.ts";
import { type House, multistatusOf, openHouse, preconditionOf, xmlOf } from "../harness.ts";
import { assertCpuBelow } from "../processor.ts";
import { hostileObjects } from "./hostile_objects.ts";

/** What is hard to answer is answered soon, or refused by the right element; nothing is left out. */

const calendar = "/dav/calendars/alice/mixed/";

/** For an object and all that is asked of it: ten times what it takes. */
const patienceMs = 5_000;

const day: Range = { start: "20260105T000000Z", end: "20260106T000000Z" };
const farDay: Range = { start: "99980105T000000Z", end: "99980106T000000Z" };
const ever: Range = { start: "00000101T000000Z", end: "99991231T235959Z" };

type Answer = number | XmlName | undefined;

/** What a calendar with one object answers. */
interface Answers {
  /** How many objects a query of a day finds. */
  readonly day: Answer;
  readonly farDay: Answer;
  /** How many instances it tells with CALDAV:expand. */
  readonly expandedDay: Answer;
  readonly expandedEver: Answer;
  /** Seconds; what takes too long to tell is not told to be free. */
  readonly busyDay: Answer;
  readonly busyFarDay: Answer;
}

/** Once, and never again in thousands of years. */
const once: Answers = {
  day: 1,
  farDay: 0,
  expandedDay: 1,
  expandedEver: 1,
  busyDay: 1,
  busyFarDay: 0,
};

/** Every second, until whenever. */
const secondly: Answers = {
  day: 1,
  farDay: 1,
  expandedDay: C.maxInstances,
  expandedEver: C.maxInstances,
  busyDay: 15 * 3_600,
  busyFarDay: 24 * 3_600,
};

/** Each hour there is something that takes no time, or it is taken out for more than that day. */
const hourly: Answers = {
  expandedEver: C.maxInstances,
  day: 1,
  farDay: 1,
  expandedDay: 15,
  busyDay: 0,
  busyFarDay: 24,
};

/** It takes too long to tell when, so that it may be at any time. */
const untold: Answers = { ...secondly, busyDay: 24 * 3_600 };

const answers: Readonly<Record<keyof typeof hostileObjects, Answers>> = {
  "COUNT=1000000000": { ...once, farDay: 1, busyFarDay: 1, expandedEver: C.maxInstances },
  "COUNT=1000000000, every second": { ...secondly, farDay: 0, busyFarDay: 0 },
  "COUNT=1000000000, to be counted": {
    ...secondly,
    expandedDay: 900,
    busyDay: 900,
    busyFarDay: 1_440,
  },
  "every second without end": secondly,
  "every other second, in a zone": {
    ...secondly,
    busyDay: D.numberOfMatchesWithinLimits,
    busyFarDay: D.numberOfMatchesWithinLimits,
  },
  "every second, each for a lifetime": secondly,
  "a task every second": { ...secondly, busyDay: 0, busyFarDay: 0 },
  "all seconds of all days of a year": secondly,
  "positions among all seconds of a year": { ...once, expandedEver: C.maxInstances },
  "never": once,
  "hardly ever": once,
  "a rule that another takes back": untold,
  "a hundred rules that take back": untold,
  "a thousand rules": untold,
  "10,000 EXDATEs": { ...hourly, day: 0, expandedDay: undefined },
  "10,000 EXDATEs in a list": { ...hourly, day: 0, expandedDay: undefined },
  "5,000 overrides": { ...hourly, busyFarDay: 0 },
  "1,000 overrides of all that follow": { ...hourly, busyFarDay: 0 },
  // It is none, so that the times are those of a clock.
  "a time zone of hundreds of rules": {
    ...once,
    farDay: 1,
    busyFarDay: 1,
    expandedEver: C.maxInstances,
  },
  "an alarm that goes off a billion times": secondly,
};

for (const [name, text] of Object.entries(hostileObjects)) {
  Deno.test(`hostile queries: ${name}`, async () => {
    await using house = await openMixed();
    const component = text.includes("BEGIN:VTODO") ? "VTODO" : "VEVENT";
    await assertCpuBelow(patienceMs, async () => {
      assertEquals(await put(house, text), 201);
      const found: Answers = {
        day: await matching(house, component, day),
        farDay: await matching(house, component, farDay),
        expandedDay: await instances(house, component, day),
        expandedEver: await instances(house, component, ever),
        busyDay: await busySeconds(house, day),
        busyFarDay: await busySeconds(house, farDay),
      };
      assertEquals(found, answers[name as keyof typeof hostileObjects]);
    });
  });
}

async function openMixed(): Promise<House> {
  const house = await openHouse();
  assertEquals((await house.ask("MKCALENDAR", calendar)).status, 201);
  return house;
}

async function put(house: House, body: string, name = "a.ics"): Promise<number | XmlName> {
  const headers = { "content-type": "text/calendar" };
  const response = await house.ask("PUT", calendar + name, { headers, body });
  return await preconditionOf(response) ?? response.status;
}

const ask = (house: House, body: XmlElement): Promise<Response> =>
  house.ask("REPORT", calendar, { headers: { depth: "1" }, body: documentXml(body) });

async function matching(house: House, component: string, range: Range): Promise<Answer> {
  const asked = query([el(D.getetag)], during(component, range));
  return (await multistatusOf(await ask(house, asked))).responses.length;
}

/** Of the one object; undefined: it is not found. */
async function instances(house: House, component: string, range: Range): Promise<Answer> {
  const asked = query([expand(range)], during(component, range));
  const response = await ask(house, asked);
  const { responses: [found] } = await multistatusOf(response.clone());
  const text = found?.text(C.calendarData);
  if (text !== undefined) return text.match(new RegExp(`BEGIN:${component}`, "g"))?.length;
  return found && preconditionsIn(await xmlOf(response))[0];
}

/** Of all DAV:error in an answer. */
const preconditionsIn = (element: XmlElement): XmlName[] =>
  elementsOf(element).flatMap((inner) =>
    inner.name === D.error ? elementsOf(inner).map(({ name }) => name) : preconditionsIn(inner)
  );

async function busySeconds(house: House, range: Range): Promise<Answer> {
  const asked = el(C.freeBusyQuery, [el(C.timeRange, [], { ...range })]);
  const response = await ask(house, asked);
  if (response.status !== 200) return await preconditionOf(response);
  const periods = (await response.text()).matchAll(/^FREEBUSY;FBTYPE=BUSY:(\S+)\/(\S+)\r$/gm);
  return [...periods].reduce((sum, [, start, end]) => sum + secondOf(end) - secondOf(start), 0);
}

const secondOf = (text = ""): number => {
  const [year = 0, month = 1, ...rest] = (text.match(/^\d{4}|\d\d/g) ?? []).map(Number);
  return Date.UTC(year, month - 1, ...rest) / 1000;
};
