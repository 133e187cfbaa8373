import { assert, assertEquals } from "@std/assert";
import { limits } from "../../src/limits.ts";
import { C, D, type XmlName } from "../../src/xml/names.ts";
import { childNamed, el, type XmlElement } from "../../src/xml/tree.ts";
import { documentXml } from "../../src/xml/write.ts";
import { during, expand, having, multiget, query, saying } from "../clients/bodies.ts";
import { event } from "../fixtures/events.ts";
import { type House, multistatusOf, openHouse, preconditionOf } from "../harness.ts";
import { assertCpuBelow } from "../processor.ts";
import { hostileObjects, overridden, second } from "./hostile_objects.ts";

/** Requests that ask for too much: each is refused by the element that says so, and soon. */

const calendar = "/dav/calendars/alice/calendar/";
const headers = { depth: "1" };

/** Several times what each takes. */
const patienceMs = 3_000;

const ever = { start: "00000101T000000Z", end: "99991231T235959Z" };

const nested = (levels: number): XmlElement =>
  levels === 0 ? el(C.isNotDefined) : el(C.compFilter, [nested(levels - 1)], { name: "VEVENT" });

const filters = (count: number): XmlElement[] =>
  Array.from({ length: count }, (_, index) => saying(`X-${index}`, "x"));

interface Case {
  readonly name: string;
  readonly body: XmlElement;
  readonly status: number;
  readonly element?: XmlName;
}

const hrefs = (count: number, length: number) =>
  Array.from({ length: count }, (_, index) => calendar + String(index).padStart(length, "0"));

const cases: readonly Case[] = [
  {
    name: "a multiget of 50,000",
    body: multiget(hrefs(50_000, 36)),
    status: 413,
    element: D.numberOfMatchesWithinLimits,
  },
  {
    name: "a multiget of 50,000 that are very short",
    body: multiget(Array(50_000).fill("a")),
    status: 507,
    element: D.numberOfMatchesWithinLimits,
  },
  {
    name: "a multiget of one more than allowed",
    body: multiget(hrefs(limits.multigetHrefs + 1, 5)),
    status: 507,
    element: D.numberOfMatchesWithinLimits,
  },
  {
    name: "filters one in another",
    body: query([], nested(50)),
    status: 403,
    element: C.validFilter,
  },
  {
    name: "filters as deep as XML is not read",
    body: query([], nested(200)),
    status: 403,
    element: C.supportedFilter,
  },
  { name: "properties as deep as XML is not read", body: query([nested(200)]), status: 400 },
  {
    name: "many filters",
    body: query([], having("VEVENT", ...filters(1_000))),
    status: 403,
    element: C.supportedFilter,
  },
  {
    name: "a range before all times",
    body: query([], during("VEVENT", { start: "-0010101T000000Z" })),
    status: 403,
    element: C.validFilter,
  },
  {
    name: "a range of 100,000 years",
    body: query([], during("VEVENT", { start: ever.start, end: "1000000101T000000Z" })),
    status: 403,
    element: C.validFilter,
  },
];

for (const { name, body, status, element } of cases) {
  Deno.test(`hostile requests: ${name}`, async () => {
    await using house = await openHouse();
    await assertCpuBelow(patienceMs, async () => {
      const response = await house.ask("REPORT", calendar, { headers, body: documentXml(body) });
      assertEquals(response.status, status);
      assertEquals(await preconditionOf(response), element);
    });
  });
}

Deno.test("hostile requests: 100,000 overrides are more than an object may hold", async () => {
  await using house = await openHouse();
  await assertCpuBelow(patienceMs, async () => {
    const response = await put(house, "a", overridden(100_000));
    assertEquals([response.status, await preconditionOf(response)], [413, C.maxResourceSize]);
  });
});

Deno.test("hostile requests: all filters that are allowed look at a large object", async () => {
  await using house = await openHouse();
  await put(house, "a", overridden(limits.icalInstances));
  const some = filters(limits.queryFilters / 2 - 10);
  await assertCpuBelow(patienceMs, async () => {
    assertEquals((await ask(house, query([el(D.getetag)], having("VEVENT", ...some)))).length, 0);
  });
});

Deno.test("hostile requests: hundreds of series without end are found, whatever the range", async () => {
  await using house = await openHouse();
  const count = 300;
  for (let index = 0; index < count; index++) {
    await put(house, String(index), event({ uid: String(index), lines: ["RRULE:FREQ=DAILY"] }));
  }
  await assertCpuBelow(patienceMs, async () => {
    for (const range of [ever, { start: "99980101T000000Z" }, { end: "20270101T000000Z" }]) {
      const found = await ask(house, query([el(D.getetag)], during("VEVENT", range)));
      assertEquals(found.length, count);
    }
  });
});

Deno.test("hostile requests: what takes too long altogether is cut, and says so", async () => {
  await using house = await openHouse();
  const each = limits.recurrenceStepsOfAnswer / limits.recurrenceSteps;
  for (let index = 0; index < each + 5; index++) {
    const text = hostileObjects["a rule that another takes back"].replace("UID:a", `UID:${index}`);
    await put(house, String(index), text);
  }
  for (const prop of [el(D.getetag), expand(ever)]) {
    const responses = await ask(house, query([prop], during("VEVENT", ever)));
    const last = responses.at(-1);
    assertEquals([last?.href, last?.status], [calendar, 507]);
    assert(last?.error && childNamed(last.error, D.numberOfMatchesWithinLimits));
  }
});

Deno.test("hostile requests: nobody else's answer is cut by one object", async () => {
  await using house = await openHouse();
  await put(house, "a", second("RRULE:FREQ=SECONDLY"));
  await put(house, "b", event({ uid: "b" }));
  const [a, b, ...more] = await ask(house, query([expand(ever)], during("VEVENT", ever)));
  assertEquals([a?.propstats, b?.propstats, more.length], [[403], [200], 0]);
  assert(b?.text(C.calendarData)?.includes("UID:b"));
});

const put = (house: House, name: string, body: string) =>
  house.ask("PUT", `${calendar}${name}.ics`, {
    headers: { "content-type": "text/calendar" },
    body,
  });

async function ask(house: House, body: XmlElement) {
  const response = await house.ask("REPORT", calendar, { headers, body: documentXml(body) });
  return (await multistatusOf(response)).responses;
}
