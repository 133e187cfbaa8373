import { assert, assertEquals } from "@std/assert";
import { A, C, CS, D, nameOf, type XmlName } from "../../src/xml/names.ts";
import { el } from "../../src/xml/tree.ts";
import { event, journal, task } from "../fixtures/events.ts";
import { multistatusOf, openHouse } from "../harness.ts";
import { fill } from "../http/fill.ts";
import { components, during, mkcol, multiget, principalSearch } from "./bodies.ts";
import { type Client, clientAt, type Manner } from "./client.ts";
import { discover, hrefs } from "./discovery.ts";
import { componentsOf, dataOf, privilegesOf, typesOf } from "./found.ts";
import { styled } from "./style.ts";

const push = "https://bitfire.at/webdav-push";

const kde: Manner = {
  headers: { "user-agent": "KDE DAV groupware client", accept: "*/*" },
  xmlType: "text/xml; charset=utf-8",
  itemType: "text/calendar",
  xml: styled({
    declaration: "",
    prefixes: {
      "DAV:": "",
      "urn:ietf:params:xml:ns:caldav": "C",
      "http://calendarserver.org/ns/": "CS",
      "http://apple.com/ns/ical/": "A",
      [push]: "P",
    },
  }),
};

const detection = [C.calendarHomeSet, D.currentUserPrincipal, D.principalURL];

const listing: readonly XmlName[] = [
  D.displayname,
  D.resourcetype,
  A.calendarColor,
  C.supportedCalendarComponentSet,
  D.currentUserPrivilegeSet,
  CS.getctag,
  nameOf(push, "transports"),
  nameOf(push, "topic"),
  nameOf(push, "supported-triggers"),
];

const ctagOf = async (client: Client, path: string) =>
  (await client.propfind(path, "0", ...listing)).at(path)?.text(CS.getctag);

for (const at of ["/", "/.well-known/caldav", "/dav/", hrefs.principal, hrefs.home]) {
  Deno.test(`KD-1 KD-2 PROPFIND on ${at} leads to the home, in one propstat of 200`, async () => {
    await using house = await openHouse();
    const found = await discover(house, kde, at, ...detection);
    assertEquals(found.propstats.filter((status) => status === 200).length, 1);
    const [principal = ""] = found.hrefs(D.currentUserPrincipal);
    const own = await discover(house, kde, principal, C.calendarHomeSet);
    assertEquals(own.hrefs(C.calendarHomeSet), [hrefs.home]);
    assertEquals(own.propstats, [200]);
  });
}

Deno.test("KD-3 the home tells name, components, privileges and ctag of each calendar", async () => {
  await using house = await openHouse();
  const found = await clientAt(house, kde).propfind(hrefs.home, "1", ...listing);
  const calendars = found.responses.filter((one) => typesOf(one).includes(C.calendar));
  assertEquals(calendars.map(({ href }) => href).sort(), [hrefs.calendar, hrefs.tasks]);
  for (const one of calendars) {
    assert(one.text(D.displayname));
    assertEquals(componentsOf(one).length, 1);
    assert(one.text(CS.getctag));
    for (const privilege of [D.read, D.write, D.writeContent, D.bind, D.unbind, D.all]) {
      assert(privilegesOf(one).includes(privilege));
    }
  }
});

Deno.test("KD-5 the resource type of items is an empty element, not missing", async () => {
  await using house = await openHouse();
  const client = clientAt(house, kde);
  const [name = ""] = await fill(house, 1);
  const path = hrefs.calendar + name;
  const answers = [
    await client.propfind(hrefs.calendar, "1", D.getetag, D.resourcetype),
    await client.multiget(hrefs.calendar, [path], D.getetag, D.resourcetype),
  ];
  for (const found of answers) {
    assertEquals(found.at(path)?.propstats, [200]);
    assertEquals(found.at(path)?.prop(D.resourcetype)?.children, []);
  }
});

Deno.test("KD-6 multiget of a hundred", async () => {
  await using house = await openHouse();
  const client = clientAt(house, kde);
  const paths = (await fill(house, 100)).map((name) => hrefs.calendar + name);
  const body = multiget(paths);
  const found = await multistatusOf(
    await client.ask("REPORT", hrefs.calendar, { depth: "1", body }),
  );
  assertEquals(found.hrefs, paths);
  for (const one of found.responses) assert(dataOf(one).startsWith("BEGIN:VCALENDAR"));
});

Deno.test("KD-7 the ctag changes with each change, and only then", async () => {
  await using house = await openHouse();
  const client = clientAt(house, kde);
  const path = `${hrefs.calendar}a.ics`;
  const name = (text: string) => client.proppatch(hrefs.calendar, el(D.displayname, [text]));
  const steps: readonly { does: string; step: () => Promise<Response>; changes: boolean }[] = [
    { does: "puts", step: () => client.put(path, event({ uid: "a" })), changes: true },
    { does: "reads", step: () => client.ask("GET", path), changes: false },
    {
      does: "puts again",
      step: () => client.put(path, event({ uid: "a", summary: "b" })),
      changes: true,
    },
    {
      does: "is refused",
      step: () => client.put(path, event({ uid: "a" }), { "if-none-match": "*" }),
      changes: false,
    },
    { does: "renames the calendar", step: () => name("Work"), changes: true },
    {
      does: "changes another calendar",
      step: () => client.put(`${hrefs.tasks}t.ics`, task({ uid: "t" })),
      changes: false,
    },
    { does: "deletes", step: () => client.ask("DELETE", path), changes: true },
    { does: "finds nothing to delete", step: () => client.ask("DELETE", path), changes: false },
  ];
  const seen = [await ctagOf(client, hrefs.calendar)];
  for (const { does, step, changes } of steps) {
    await (await step()).body?.cancel();
    const ctag = await ctagOf(client, hrefs.calendar);
    assertEquals(ctag !== seen.at(-1), changes, does);
    if (changes) assert(!seen.includes(ctag), `${does}: an old ctag again`);
    seen.push(ctag);
  }
});

Deno.test("KD-8 PUT under a name of two numbers is 201", async () => {
  await using house = await openHouse();
  const path = `${hrefs.calendar}1767604800.934511208.ics`;
  const headers = { "if-none-match": "*" };
  const put = await clientAt(house, kde).put(path, event({ uid: "KDE-1" }), headers);
  assertEquals(put.status, 201);
});

Deno.test("KD-9 PUT with a stale If-Match is 412, and GET then gives the ETag", async () => {
  await using house = await openHouse();
  const client = clientAt(house, kde);
  const path = `${hrefs.calendar}1.2.ics`;
  const first = await client.put(path, event({ uid: "KDE-1" }));
  const second = await client.put(path, event({ uid: "KDE-1", summary: "Elsewhere" }));
  const known = { "if-match": first.headers.get("etag") ?? "" };
  assertEquals((await client.put(path, event({ uid: "KDE-1" }), known)).status, 412);
  const got = await client.ask("GET", path);
  assertEquals(got.headers.get("etag"), second.headers.get("etag"));
  assertEquals(await got.text(), event({ uid: "KDE-1", summary: "Elsewhere" }));
});

Deno.test("KD-10 extended MKCOL with VCALENDAR and VFREEBUSY among the components is 201", async () => {
  await using house = await openHouse();
  const client = clientAt(house, kde);
  const path = `${hrefs.home}1767604800.1/`;
  const body = mkcol(
    el(D.resourcetype, [el(D.collection), el(C.calendar)]),
    el(D.displayname, ["KOrganizer"]),
    el(A.calendarColor, ["#3daee9"]),
    components("VCALENDAR", "VEVENT", "VTODO", "VFREEBUSY"),
  );
  assertEquals((await client.ask("MKCOL", path, { body })).status, 201);
  const found = (await client.propfind(path, "0", ...listing)).at(path);
  assertEquals(componentsOf(found), ["VEVENT", "VTODO", "VFREEBUSY"]);
  assertEquals([found?.text(D.displayname), found?.text(A.calendarColor)], [
    "KOrganizer",
    "#3daee9",
  ]);
});

Deno.test("KD-11 PROPPATCH of name and colour answers with one propstat of 200", async () => {
  await using house = await openHouse();
  const client = clientAt(house, kde);
  const name = el(D.displayname, ["Arbeit"]);
  const colour = el(A.calendarColor, ["#3daee9"]);
  const answer = await multistatusOf(await client.proppatch(hrefs.calendar, name, colour));
  assertEquals(answer.responses.map(({ href, propstats }) => [href, propstats]), [
    [hrefs.calendar, [200]],
  ]);
  const found = (await client.propfind(hrefs.calendar, "0", ...listing)).at(hrefs.calendar);
  assertEquals([found?.text(D.displayname), found?.text(A.calendarColor)], ["Arbeit", "#3daee9"]);
});

Deno.test("KD-15 what KDE adds to tasks and journals comes back unchanged", async () => {
  await using house = await openHouse();
  const client = clientAt(house, kde);
  const path = `${hrefs.home}1767604800.2/`;
  const types = el(D.resourcetype, [el(D.collection), el(C.calendar)]);
  await client.ask("MKCOL", path, { body: mkcol(types) });
  const texts = new Map([
    [
      "1.1.ics",
      task({
        uid: "child",
        lines: [
          "RELATED-TO:parent",
          "X-KDE-LIBKCAL-DTRECURRENCE:20260105T170000Z",
          "X-ZANSHIN-PROJECT:",
          "PERCENT-COMPLETE:50",
          "RRULE:FREQ=WEEKLY",
          "ATTACH;ENCODING=BASE64;VALUE=BINARY;X-LABEL=a.txt:aGVsbG8=",
        ],
      }),
    ],
    ["1.2.ics", journal({ uid: "day", lines: ["X-KDE-TEXTFORMAT:HTML", "RELATED-TO:child"] })],
  ]);
  for (const [name, text] of texts) {
    assertEquals((await client.put(path + name, text)).status, 201);
    assertEquals(await (await client.ask("GET", path + name)).text(), text);
  }
  const found = await client.multiget(path, [...texts.keys()].map((name) => path + name));
  for (const [name, text] of texts) assertEquals(dataOf(found.at(path + name)), text);
});

Deno.test("KD-12 principal-property-search, Depth 1, by mail address finds another user", async () => {
  await using house = await openHouse();
  const client = clientAt(house, kde);
  const { responses: [at] } = await client.propfind(hrefs.calendar, "0", D.principalCollectionSet);
  const [collection = ""] = at?.hrefs(D.principalCollectionSet) ?? [];
  const body = principalSearch([[C.calendarUserAddressSet, "bob@example.test"]], [
    C.scheduleInboxURL,
  ]);
  const found = await multistatusOf(await client.ask("REPORT", collection, { depth: "1", body }));
  assertEquals(found.hrefs, ["/dav/principals/users/bob/"]);
});

Deno.test("KD-4 the three queries give all members together, and none twice", async () => {
  await using house = await openHouse();
  const client = clientAt(house, kde);
  const path = `${hrefs.home}all/`;
  const body = mkcol(
    el(D.resourcetype, [el(D.collection), el(C.calendar)]),
    components("VEVENT", "VTODO", "VJOURNAL"),
  );
  assertEquals((await client.ask("MKCOL", path, { body })).status, 201);
  const items = [event, task, journal].flatMap((item, kind) =>
    ["a", "b"].map((letter) =>
      [`${path}${letter}${kind}.ics`, item({ uid: letter + kind })] as const
    )
  );
  for (const [href, item] of items) assertEquals((await client.put(href, item)).status, 201);
  const listed: string[] = [];
  for (const name of ["VEVENT", "VTODO", "VJOURNAL"]) {
    const names = [D.getetag, D.resourcetype];
    const { responses } = await client.query(path, "1", names, during(name));
    assertEquals(responses.map(({ propstats }) => propstats), [[200], [200]]);
    listed.push(...responses.map(({ href }) => href));
  }
  assertEquals(listed.sort(), items.map(([href]) => href).sort());
});
