import { assert, assertEquals } from "@std/assert";
import { limits } from "../../src/limits.ts";
import { type House, openHouse } from "../harness.ts";
import { counting, type CountingExecutor } from "../store/counting.ts";
import { fill } from "./fill.ts";
import { large } from "./large.ts";

const calendar = "/dav/calendars/alice/calendar/";
const caldav = "urn:ietf:params:xml:ns:caldav";
const pages = 4;
const count = pages * limits.pageRows;

const data = `<prop xmlns="DAV:"><getetag/><c:calendar-data xmlns:c="${caldav}"/></prop>`;

const multiget = (names: readonly string[]): string =>
  `<c:calendar-multiget xmlns:c="${caldav}">${data}` +
  names.map((name) => `<href xmlns="DAV:">${calendar}${name}</href>`).join("") +
  "</c:calendar-multiget>";

/** Answers that are made of several pages. */
const answers: readonly {
  readonly name: string;
  readonly method: string;
  readonly body: (names: readonly string[]) => string;
}[] = [
  {
    name: "PROPFIND",
    method: "PROPFIND",
    body: () => `<propfind xmlns="DAV:"><prop><getetag/><getcontenttype/></prop></propfind>`,
  },
  { name: "calendar-multiget", method: "REPORT", body: multiget },
  {
    name: "calendar-query",
    method: "REPORT",
    body: () =>
      `<c:calendar-query xmlns:c="${caldav}">${data}<c:filter><c:comp-filter name="VCALENDAR"/>` +
      `</c:filter></c:calendar-query>`,
  },
  {
    name: "sync-collection with data",
    method: "REPORT",
    body: () => `<sync-collection xmlns="DAV:"><sync-token/>${data}</sync-collection>`,
  },
];

async function filledHouse(): Promise<readonly [House, CountingExecutor, readonly string[]]> {
  let counted: CountingExecutor | undefined;
  const house = await openHouse({ executor: (real) => counted = counting(real) });
  if (!counted) throw new Error("the house was opened without its executor");
  return [house, counted, await fill(house, count)];
}

for (const { name, method, body } of answers) {
  Deno.test(`streaming: ${name} sends its first part before it has read the last page`, async () => {
    const [opened, counted, names] = await filledHouse();
    await using house = opened;
    const ask = { headers: { depth: "1" }, body: body(names) };
    const whole = await (await house.ask(method, calendar, ask)).text();
    assertEquals(whole.match(/<D:response>/g)?.length, method === "PROPFIND" ? count + 1 : count);

    counted.take();
    const response = await house.ask(method, calendar, ask);
    const reader = response.body?.getReader();
    const first = await reader?.read();
    assert(first?.value && first.value.length > 0);
    const early = counted.take();
    while (!(await reader?.read())?.done);
    const late = counted.take();
    assert(late >= 2, `${early} round trips before the first part, ${late} after it`);
  });

  Deno.test(`streaming: ${name} reads nothing more for a client that has gone`, async () => {
    const [opened, counted, names] = await filledHouse();
    await using house = opened;
    const ask = { headers: { depth: "1" }, body: body(names) };
    const response = await house.ask(method, calendar, ask);
    const reader = response.body?.getReader();
    await reader?.read();
    await reader?.cancel();
    counted.take();
    await new Promise((resolve) => setTimeout(resolve, 0));
    assertEquals(counted.take(), 0);
  });
}

Deno.test("streaming: GET of a large object reads as the client takes it", async () => {
  let counted: CountingExecutor | undefined;
  await using house = await openHouse({ executor: (real) => counted = counting(real) });
  const text = large(5 * 1024 * 1024);
  const headers = { "content-type": "text/calendar" };
  await house.ask("PUT", `${calendar}large.ics`, { headers, body: text });
  counted?.take();
  const response = await house.ask("GET", `${calendar}large.ics`);
  const before = counted?.take();
  const reader = response.body?.getReader();
  let size = 0;
  for (let part = await reader?.read(); part?.value; part = await reader?.read()) {
    size += part.value.length;
    assert(part.value.length <= limits.blobBatchBytes);
  }
  assertEquals([before, size, counted?.take()], [1, text.length, 3]);
});
