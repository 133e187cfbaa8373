import { assert, assertEquals } from "@std/assert";
import { A, C, D } from "../../src/xml/names.ts";
import { el } from "../../src/xml/tree.ts";
import { component, event, type Item, task } from "../fixtures/events.ts";
import { type House, multistatusOf, openHouse, preconditionOf } from "../harness.ts";
import { isCalendar } from "./answers.ts";
import { agents, apple, homeList } from "./apple.ts";
import { components, mkcalendar, multiget } from "./bodies.ts";
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
