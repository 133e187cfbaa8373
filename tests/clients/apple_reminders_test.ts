import { assert, assertEquals } from "@std/assert";
import { A, C, D } from "../../src/xml/names.ts";
import { el, type XmlElement } from "../../src/xml/tree.ts";
import { component, event, type Item, task } from "../fixtures/events.ts";
import { type House, multistatusOf, openHouse, preconditionOf } from "../harness.ts";
import { isCalendar } from "./answers.ts";
import { agents, apple, homeList } from "./apple.ts";
import { components, during, having, mkcalendar, multiget, saying, without } from "./bodies.ts";
import { clientAt } from "./client.ts";
import { hrefs } from "./discovery.ts";
import { componentsOf, dataOf } from "./found.ts";

const { home, tasks } = hrefs;
const list = `${home}E1D2C3B4-A596-4788-8970-61524334F5E6/`;

const remindersAt = (house: House) => clientAt(house, apple(agents.remindd));

Deno.test("AR-1 a new account has a list for tasks alone", async () => {
  await using house = await openHouse();
  const { responses } = await remindersAt(house).propfind(home, "1", ...homeList);
  const lists = responses.filter(isCalendar)
    .filter((one) => componentsOf(one).includes("VTODO"));
  assertEquals(lists.map((one) => [one.href, componentsOf(one)]), [[tasks, ["VTODO"]]]);
});

Deno.test("AR-2 MKCALENDAR with VTODO alone: 201, and its components are just that", async () => {
  await using house = await openHouse();
  const reminders = remindersAt(house);
  const body = mkcalendar(
    components("VTODO"),
    el(A.calendarColor, ["#FF9500FF"], { "symbolic-color": "orange" }),
    el(A.calendarOrder, ["2"]),
    el(D.displayname, ["Shopping"]),
  );
  assertEquals((await reminders.ask("MKCALENDAR", list, { body })).status, 201);
  const found = (await reminders.propfind(home, "1", ...homeList)).at(list);
  assertEquals([found?.text(D.displayname), componentsOf(found)], ["Shopping", ["VTODO"]]);
});

Deno.test("AR-3 PUT of an event into a list for tasks is 403 supported-calendar-component", async () => {
  await using house = await openHouse();
  const refused = await remindersAt(house).put(`${tasks}e.ics`, event({ uid: "e" }));
  assertEquals([refused.status, await preconditionOf(refused)], [
    403,
    C.supportedCalendarComponent,
  ]);
});

Deno.test("AR-7 multiget with Depth 1 gives the tasks of a list", async () => {
  await using house = await openHouse();
  const reminders = remindersAt(house);
  const items = ["a", "b"].map((uid) => [`${tasks}${uid}.ics`, task({ uid })] as const);
  for (const [href, item] of items) await reminders.put(href, item, { "if-none-match": "*" });
  const body = multiget(items.map(([href]) => href));
  const found = await multistatusOf(await reminders.ask("REPORT", tasks, { depth: "1", body }));
  assertEquals(
    found.responses.map((one) => [one.href, dataOf(one)]),
    items.map((pair) => [...pair]),
  );
  assert(found.responses.every((one) => one.text(D.getetag)));
});

/** Stored as they are: what makes no sense to one program is read by another. */
const kept: readonly (readonly [title: string, items: readonly Item[]])[] = [
  ["AR-8 PERCENT-COMPLETE:100 and no STATUS, as iOS 5 has written", [
    { uid: "done", lines: ["PERCENT-COMPLETE:100", "COMPLETED:20260105T120000Z"] },
  ]],
  ["AR-9 X-APPLE-SORT-ORDER, -PROXIMITY and -STRUCTURED-LOCATION", [{
    uid: "here",
    lines: [
      "X-APPLE-SORT-ORDER:789012345",
      ...component("VALARM", [
        "ACTION:DISPLAY",
        "DESCRIPTION:Reminder",
        "TRIGGER;VALUE=DATE-TIME:19760401T005545Z",
        "X-APPLE-PROXIMITY:ARRIVE",
        'X-APPLE-STRUCTURED-LOCATION;VALUE=URI;X-APPLE-RADIUS=100;X-TITLE="Home, sweet home":geo:4' +
        "8.2,16.37",
        "ACKNOWLEDGED:20260105T080000Z",
      ]).trimEnd().split("\r\n"),
    ],
  }]],
  ["AR-10 DUE as DATE with a DATE-TIME alarm, DUE = DTSTART, DUE alone with RRULE", [
    {
      uid: "date",
      end: "20260105",
      lines: component("VALARM", [
        "ACTION:DISPLAY",
        "DESCRIPTION:Reminder",
        "TRIGGER;VALUE=DATE-TIME:20260105T080000Z",
      ]).trimEnd().split("\r\n"),
    },
    { uid: "same", start: "20260105T170000Z", end: "20260105T170000Z" },
    { uid: "rule", lines: ["RRULE:FREQ=WEEKLY"] },
  ]],
  ["AR-11 a child whose RELATED-TO parent is not there", [
    { uid: "child", lines: ["RELATED-TO;RELTYPE=PARENT:gone"] },
  ]],
];

for (const [title, items] of kept) {
  Deno.test(`${title}: accepted, listed and unchanged`, async () => {
    await using house = await openHouse();
    const reminders = remindersAt(house);
    for (const item of items) {
      const href = `${tasks}${item.uid}.ics`;
      const sent = task(item);
      assertEquals((await reminders.put(href, sent, { "if-none-match": "*" })).status, 201, sent);
      assertEquals(await (await reminders.ask("GET", href)).text(), sent);
    }
    const hrefs = items.map(({ uid }) => `${tasks}${uid}.ics`);
    assertEquals([...(await reminders.sync(tasks)).hrefs].sort(), hrefs.sort());
  });
}

Deno.test("AR-12 DELETE of a task that is done: other clients' sync tells 404", async () => {
  await using house = await openHouse();
  const [phone, mac] = [remindersAt(house), clientAt(house, apple(agents.sequoia))];
  const href = `${tasks}done.ics`;
  await phone.put(href, task({ uid: "done", lines: ["STATUS:COMPLETED"] }));
  const { syncToken } = await mac.sync(tasks);
  assertEquals((await phone.ask("DELETE", href)).status, 204);
  const found = await mac.sync(tasks, syncToken);
  assertEquals(found.responses.map((one) => [one.href, one.status, one.propstats]), [
    [href, 404, []],
  ]);
});

for (
  const value of [
    el(D.displayname, ["Groceries"]),
    el(A.calendarColor, ["#CC73E1FF"], { "symbolic-color": "purple" }),
    el(A.calendarOrder, ["5"]),
  ]
) {
  Deno.test(`AR-13 PROPPATCH of a list's ${value.name}: 207`, async () => {
    await using house = await openHouse();
    const { headers: { brief: _, prefer: __, ...headers }, xml } = apple(agents.remindd);
    const reminders = clientAt(house, { headers, xml });
    const { responses } = await multistatusOf(await reminders.proppatch(tasks, value));
    assertEquals(responses.map((one) => one.statusOf(value.name)), [200]);
    const found = await reminders.propfind(home, "1", ...homeList);
    assertEquals(found.at(tasks)?.prop(value.name), value);
  });
}

/** Names of the tasks in the list that a query finds, without their ending. */
async function listed(house: House, filter: XmlElement): Promise<string[]> {
  const names = [D.getetag, D.getcontenttype];
  const found = await remindersAt(house).query(tasks, "1", names, filter);
  return found.hrefs.map((href) => href.slice(tasks.length, -".ics".length)).sort();
}

const done = ["COMPLETED:20260104T120000Z", "STATUS:COMPLETED"];

Deno.test("AR-4 a query for tasks without a time gives all, done and undone, dated and not", async () => {
  await using house = await openHouse();
  const items: Readonly<Record<string, string>> = {
    "dated": task({ uid: "dated" }),
    "done": task({ uid: "done", lines: done }),
    "done-undated": task({ uid: "done-undated", end: null, lines: done }),
    "undated": task({ uid: "undated", end: null }),
  };
  for (const [name, item] of Object.entries(items)) {
    await remindersAt(house).put(`${tasks}${name}.ics`, item);
  }
  assertEquals(await listed(house, during("VTODO")), Object.keys(items));
});

Deno.test("AR-5 COMPLETED that is not there, and STATUS by its text, leave out what is done", async () => {
  await using house = await openHouse();
  const items: Readonly<Record<string, string>> = {
    "cancelled": task({ uid: "cancelled", lines: ["STATUS:CANCELLED"] }),
    "done": task({ uid: "done", lines: done }),
    "open": task({ uid: "open", lines: ["STATUS:NEEDS-ACTION"] }),
    "plain": task({ uid: "plain" }),
  };
  for (const [name, item] of Object.entries(items)) {
    await remindersAt(house).put(`${tasks}${name}.ics`, item);
  }
  const open = having("VTODO", without("COMPLETED"));
  assertEquals(await listed(house, open), ["cancelled", "open", "plain"]);
  const notDone = saying("STATUS", "COMPLETED", { "negate-condition": "yes" });
  assertEquals(await listed(house, having("VTODO", notDone)), ["cancelled", "open"]);
  const wanted = saying("STATUS", "needs-action", { collation: "i;ascii-casemap" });
  assertEquals(await listed(house, having("VTODO", wanted)), ["open"]);
});

/** Each row of the table of RFC 4791 §9.9: lines of a task, days of January 2026 that it meets. */
const rows: Readonly<Record<string, readonly [lines: readonly string[], days: readonly number[]]>> =
  {
    "start and duration": [["DTSTART:20260105T090000Z", "DURATION:P2D"], [5, 6, 7]],
    "start and due": [["DTSTART:20260105T090000Z", "DUE:20260107T090000Z"], [5, 6, 7]],
    "start": [["DTSTART:20260105T090000Z"], [5]],
    "due": [["DUE:20260105T090000Z"], [5]],
    "completed and created": [
      ["COMPLETED:20260106T090000Z", "CREATED:20260104T090000Z"],
      [4, 5, 6],
    ],
    "completed": [["COMPLETED:20260106T090000Z"], [6]],
    "created": [["CREATED:20260106T090000Z"], [6, 7, 8, 9]],
    "nothing": [[], [3, 4, 5, 6, 7, 8, 9]],
  };

for (const [name, [lines, days]] of Object.entries(rows)) {
  Deno.test(`AR-6 a query of a time finds a task with ${name} as RFC 4791 §9.9 says`, async () => {
    await using house = await openHouse();
    const item = task({ uid: "t", end: null, lines });
    assertEquals((await remindersAt(house).put(`${tasks}t.ics`, item)).status, 201);
    const met: number[] = [];
    for (let day = 3; day < 10; day++) {
      const time = { start: `2026010${day}T000000Z`, end: `2026010${day}T235959Z` };
      if ((await listed(house, during("VTODO", time))).length > 0) met.push(day);
    }
    assertEquals(met, [...days]);
  });
}
