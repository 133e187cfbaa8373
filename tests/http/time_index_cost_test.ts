import process from "node:process";
import { assert, assertEquals } from "@std/assert";
import { readCalendarObject } from "../../src/ical/read.ts";
import type { Change } from "../../src/change.ts";
import { type Executor, statement } from "../../src/store/executor.ts";
import { event } from "../fixtures/events.ts";
import { type House, multistatusOf, openHouse } from "../harness.ts";

const calendar = "/dav/calendars/alice/calendar/";

const caldav = `xmlns:C="urn:ietf:params:xml:ns:caldav"`;
const range = `<C:time-range start="20260101T000000Z" end="20260201T000000Z"/>`;
const reports = {
  "calendar-query": `<C:calendar-query xmlns="DAV:" ${caldav}><prop><getetag/></prop><C:filter>` +
    `<C:comp-filter name="VCALENDAR"><C:comp-filter name="VEVENT">${range}</C:comp-filter>` +
    `</C:comp-filter></C:filter></C:calendar-query>`,
  "free-busy-query": `<C:free-busy-query ${caldav}>${range}</C:free-busy-query>`,
};

/** The steps that SQLite's machine has taken for all statements so far. */
async function stepsOf(executor: Executor): Promise<number> {
  const [rows = []] = await executor.read([statement("SELECT sum(nstep) FROM sqlite_stmt")]);
  return Number(rows[0]?.[0]);
}

/** A house, and the way to its database. */
async function openedHouse(): Promise<readonly [House, Executor]> {
  let executor: Executor | undefined;
  const house = await openHouse({ executor: (real) => executor = real });
  if (executor === undefined) throw new Error("the house was opened without its executor");
  return [house, executor];
}

/** As many events as asked for; 100 of them take place in January 2026, once or again and again. */
async function fill(house: House, count: number) {
  const place = {
    kind: "tree",
    home: "calendar-home",
    owner: "alice",
    segments: ["calendar"],
  } as const;
  const collectionId = (await house.store.load({ asker: 0, place })).chain[1]?.id ?? 0;
  const changes = Array.from({ length: count }, (_, index): Change => {
    const uid = String(index);
    const body = index < 100 ? january(uid, index) : elsewhere(uid, index);
    return {
      kind: "put-object",
      collectionId,
      replaces: false,
      object: {
        ...readCalendarObject(body),
        name: `${uid}.ics`,
        etag: `"${uid}"`,
        contentType: "text/calendar",
        sizeBytes: body.length,
        blobs: [],
        modified: 0,
      },
    };
  });
  await house.store.commit([], changes);
}

const day = (index: number) => String(1 + index % 28).padStart(2, "0");

const january = (uid: string, index: number): string =>
  event({
    uid,
    start: `202${index % 3 ? 6 : 4}01${day(index)}T090000Z`,
    end: `202${index % 3 ? 6 : 4}01${day(index)}T100000Z`,
    lines: index % 3 ? [] : ["RRULE:FREQ=WEEKLY"],
  });

/** In other months of ten years, and series that ended or begin later. */
function elsewhere(uid: string, index: number): string {
  const year = 2021 + index % 10;
  const month = String(3 + index % 9).padStart(2, "0");
  const series = index % 10 === 0 ? ["RRULE:FREQ=DAILY;COUNT=20"] : [];
  const start = `${year}${month}${day(index)}T090000Z`;
  return event({ uid, start, end: start.replace("T09", "T10"), lines: series });
}

/** Processor time of an answer, in milliseconds: the mean of as many as it takes to tell. */
async function processorMsOf(answer: () => Promise<unknown>): Promise<number> {
  const [warm, measured] = [50, 100];
  for (let time = 0; time < warm; time++) await answer();
  const before = process.cpuUsage();
  for (let time = 0; time < measured; time++) await answer();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000 / measured;
}

/** All measured by steps, and under `deno task soak` by the processor's time, too. */
const soak = Deno.env.get("DAVIT_SOAK") === "1";

Deno.test("time index: an answer costs as it is long, not as the calendar is large", async () => {
  const costs: number[][] = [];
  const times: number[][] = [];
  for (const count of [1_000, soak ? 100_000 : 16_000]) {
    const [opened, executor] = await openedHouse();
    await using house = opened;
    await fill(house, count);
    const steps: number[] = [];
    for (const body of Object.values(reports)) {
      const before = await stepsOf(executor);
      const response = await house.ask("REPORT", calendar, { body, headers: { depth: "1" } });
      if (response.status === 207) {
        assertEquals((await multistatusOf(response)).hrefs.length, 100);
      } else assert((await response.text()).split("FREEBUSY;").length > 20);
      steps.push(await stepsOf(executor) - before);
    }
    costs.push(steps);
    if (!soak) continue;
    const ms: number[] = [];
    for (const body of Object.values(reports)) {
      const ask = () => house.ask("REPORT", calendar, { body, headers: { depth: "1" } });
      ms.push(await processorMsOf(async () => (await ask()).text()));
    }
    times.push(ms);
    console.log(`${count} events: ${ms.map((one) => one.toFixed(2)).join(" and ")} ms of CPU`);
  }
  for (const [index, name] of Object.keys(reports).entries()) {
    const [small = 0, large = 0] = costs.map((steps) => steps[index]);
    assert(small > 100 && large < 1.3 * small, `${name} took ${small} steps, and then ${large}`);
    const [quick = 1, slow = 1] = times.map((ms) => ms[index]);
    assert(slow < 2 * quick, `${name} took ${quick} ms, and then ${slow}`);
  }
});

Deno.test("time index: an object that is far away is not told to anybody", async () => {
  const [opened] = await openedHouse();
  await using house = opened;
  await fill(house, 2_000);
  const place = { kind: "tree", home: "calendar-home", owner: "alice", segments: [] } as const;
  const { children } = await house.store.load({ asker: 0, place, children: true });
  const collectionId = children.find(({ name }) => name === "calendar")?.id ?? 0;
  const query = {
    collectionId,
    components: ["VEVENT"],
    start: Date.UTC(2026, 0),
    end: Date.UTC(2026, 1),
  };
  for (const want of ["objects", "busy"] as const) {
    let told = 0;
    for await (const [, page] of house.store.candidates([query], want)) told += page.length;
    assertEquals(told, 100, want);
  }
});
