import { assert, assertEquals } from "@std/assert";
import { A, C, D, type XmlName } from "../../src/xml/names.ts";
import { el } from "../../src/xml/tree.ts";
import { event } from "../fixtures/events.ts";
import { type Found, multistatusOf, openHouse } from "../harness.ts";
import { fill } from "../http/fill.ts";
import { during, mkcol } from "./bodies.ts";
import { type Client, clientAt, type Manner } from "./client.ts";
import { discover, hrefs } from "./discovery.ts";
import { dataOf, typesOf } from "./found.ts";
import { styled } from "./style.ts";

const vdirsyncer: Manner = {
  headers: {
    "user-agent": "vdirsyncer/0.20.0",
    "accept-encoding": "gzip, deflate",
    accept: "*/*",
  },
  xmlType: "application/xml; charset=UTF-8",
  itemType: "text/calendar",
  xml: styled({
    declaration: '<?xml version="1.0" encoding="utf-8" ?>\n',
    prefixes: {
      "DAV:": "",
      "urn:ietf:params:xml:ns:caldav": "C",
      "http://apple.com/ns/ical/": "A",
    },
  }),
};

const listed: readonly XmlName[] = [D.resourcetype, D.getcontenttype, D.getetag];

const making = mkcol(el(D.resourcetype, [el(D.collection), el(C.calendar)]));

/** As vdirsyncer compares hrefs: decoded, and encoded again with `/` and `@` as they are. */
const normalised = (href: string): string =>
  href.split("/").map((segment) =>
    encodeURIComponent(decodeURIComponent(segment))
      .replace(/[!'()*]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`)
      .replaceAll("%40", "@")
  ).join("/");

/** The members of a calendar, as vdirsyncer lists them. */
async function members(client: Client, path: string): Promise<readonly Found[]> {
  const { responses } = await client.propfind(path, "1", ...listed);
  return responses.filter((one) => one.text(D.getcontenttype)?.includes("calendar"));
}

for (const at of ["/", "/.well-known/caldav", hrefs.home]) {
  Deno.test(`VP-1 PROPFIND on ${at} tells the principal`, async () => {
    await using house = await openHouse();
    const found = await discover(house, vdirsyncer, at, D.currentUserPrincipal);
    assertEquals(found.hrefs(D.currentUserPrincipal), [hrefs.principal]);
  });
}

Deno.test("VP-2 the first href of the home set ends with a slash and can be listed", async () => {
  await using house = await openHouse();
  const client = clientAt(house, vdirsyncer);
  const principal = await client.propfind(hrefs.principal, "0", C.calendarHomeSet);
  const [home = ""] = principal.at(hrefs.principal)?.hrefs(C.calendarHomeSet) ?? [];
  assert(home.endsWith("/"));
  const found = await client.propfind(home, "1", D.resourcetype);
  const calendars = found.responses.filter((one) => typesOf(one).includes(C.calendar));
  assertEquals(calendars.length, 2);
});

for (
  const [id, name] of [["VP-3", "plain"], ["VP-4", "Büro & Küche (2)"], ["VP-4", "a@b"]] as const
) {
  Deno.test(`${id} MKCOL of ${name} without a slash: made, and listed with it`, async () => {
    await using house = await openHouse();
    const client = clientAt(house, vdirsyncer);
    const path = normalised(hrefs.home + name);
    assertEquals((await client.ask("MKCOL", path, { body: making })).status, 201);
    const found = await client.propfind(hrefs.home, "1", D.resourcetype);
    assertEquals(typesOf(found.at(`${path}/`)), [D.collection, C.calendar]);
    for (const href of found.hrefs) assertEquals(normalised(href), href);
    const itself = await client.propfind(`${path}/`, "0", D.resourcetype);
    assertEquals(itself.hrefs, [`${path}/`]);
  });
}

Deno.test("VP-5 VP-8 members have the type and a strong ETag, and nothing twice", async () => {
  await using house = await openHouse();
  const client = clientAt(house, vdirsyncer);
  const names = await fill(house, 3);
  const found = await members(client, hrefs.calendar);
  assertEquals(found.map(({ href }) => href), names.map((name) => hrefs.calendar + name));
  for (const one of found) {
    assert(/^"[^"]+"$/.test(one.text(D.getetag) ?? ""));
    assertEquals(one.propstats, [200]);
  }
});

Deno.test("VP-8 what is not there is missing in one propstat, and not found in another", async () => {
  await using house = await openHouse();
  const client = clientAt(house, vdirsyncer);
  const asked = [...listed, A.calendarColor, C.calendarDescription, D.displayname, C.calendarData];
  const [name = ""] = await fill(house, 1);
  const found = await client.propfind(hrefs.calendar, "1", ...asked);
  assertEquals(found.hrefs, [hrefs.calendar, hrefs.calendar + name]);
  for (const one of found.responses) {
    assertEquals(one.propstats, [200, 404]);
    assertEquals(one.names.toSorted(), asked.toSorted());
  }
});

Deno.test("VP-7 multiget without Depth: an unknown href is a 404 alone", async () => {
  await using house = await openHouse();
  const client = clientAt(house, vdirsyncer);
  const paths = (await fill(house, 2)).map((name) => hrefs.calendar + name);
  const unknown = `${hrefs.calendar}gone.ics`;
  const found = await client.multiget(hrefs.calendar, [...paths, unknown]);
  assertEquals(found.hrefs.toSorted(), [...paths, unknown].sort());
  assertEquals([found.at(unknown)?.status, found.at(unknown)?.propstats], [404, []]);
  for (const path of paths) assert(dataOf(found.at(path)).startsWith("BEGIN:VCALENDAR"));
});

Deno.test("VP-9 VP-10 PUT gives the ETag of the listing, and the same body again a true one", async () => {
  await using house = await openHouse();
  const client = clientAt(house, vdirsyncer);
  const path = `${hrefs.calendar}a.ics`;
  const text = event({ uid: "a" });
  const put = await client.put(path, text, { "if-none-match": "*" });
  let etag = put.headers.get("etag") ?? "";
  assertEquals(put.status, 201);
  assertEquals((await members(client, hrefs.calendar))[0]?.text(D.getetag), etag);
  for (let count = 0; count < 2; count++) {
    const again = await client.put(path, text, { "if-match": etag });
    assertEquals(again.status, 204);
    etag = again.headers.get("etag") ?? "";
    assertEquals((await members(client, hrefs.calendar))[0]?.text(D.getetag), etag);
  }
});

Deno.test("VP-11 the four properties of metasync are set and read back equal", async () => {
  await using house = await openHouse();
  const client = clientAt(house, vdirsyncer);
  const values: readonly (readonly [XmlName, string])[] = [
    [D.displayname, "Privé & divers"],
    [A.calendarColor, "#FF8800AA"],
    [C.calendarDescription, "Zwei\nZeilen <und> mehr"],
    [A.calendarOrder, "7"],
  ];
  for (const [name, value] of values) {
    const answer = await multistatusOf(await client.proppatch(hrefs.calendar, el(name, [value])));
    assertEquals(answer.responses[0]?.propstats, [200]);
  }
  for (const [name, value] of values) {
    const found = await client.propfind(hrefs.calendar, "0", name);
    assertEquals(found.at(hrefs.calendar)?.text(name), value);
  }
});

Deno.test("VP-12 DELETE with If-Match is 204, and with a stale one 412", async () => {
  await using house = await openHouse();
  const client = clientAt(house, vdirsyncer);
  const path = `${hrefs.calendar}a.ics`;
  const matching = (response: Response) => ({
    headers: { "if-match": response.headers.get("etag") ?? "" },
  });
  const first = await client.put(path, event({ uid: "a" }));
  const second = await client.put(path, event({ uid: "a", summary: "b" }), matching(first).headers);
  assertEquals((await client.ask("DELETE", path, matching(first))).status, 412);
  assertEquals((await client.ask("DELETE", path, matching(second))).status, 204);
  assertEquals(await members(client, hrefs.calendar), []);
});

Deno.test("VP-13 items with odd UIDs stand under the client's name", async () => {
  await using house = await openHouse();
  const client = clientAt(house, vdirsyncer);
  const uids = ["a/b", "50%", "two words", "{8d1a3f}", "é@example.test", "back\\\\slash"];
  const texts = new Map(uids.map((uid) => [
    normalised(hrefs.calendar) + encodeURIComponent(`${uid}.ics`).replaceAll("%40", "@"),
    event({ uid }),
  ]));
  for (const [path, text] of texts) {
    assertEquals((await client.put(path, text, { "if-none-match": "*" })).status, 201, path);
  }
  const found = await members(client, hrefs.calendar);
  assertEquals(found.map(({ href }) => href).sort(), [...texts.keys()].sort());
  const data = await client.multiget(hrefs.calendar, found.map(({ href }) => href));
  for (const [path, text] of texts) assertEquals(dataOf(data.at(path)), text);
});

Deno.test("VP-14 5,000 items: one listing and one multiget, both whole", async () => {
  await using house = await openHouse();
  const client = clientAt(house, vdirsyncer);
  const odd = event({ uid: "odd", summary: "Bell \u0007 & <tag> ]]>" });
  await client.put(`${hrefs.calendar}odd.ics`, odd);
  await fill(house, 4_999);
  const paths = (await members(client, hrefs.calendar)).map(({ href }) => href);
  assertEquals(paths.length, 5_000);
  const found = await client.multiget(hrefs.calendar, paths);
  assertEquals(found.hrefs.toSorted(), paths.toSorted());
  for (const one of found.responses) assertEquals(one.propstats, [200]);
  assertEquals(dataOf(found.at(`${hrefs.calendar}odd.ics`)), odd.replace("\u0007", ""));
});

Deno.test("VP-6 a query of a time for each component is 207, with type and ETag of what is there", async () => {
  await using house = await openHouse();
  const client = clientAt(house, vdirsyncer);
  await client.put(`${hrefs.calendar}in.ics`, event({ uid: "in" }));
  const old = { start: "20200105T090000Z", end: null };
  await client.put(`${hrefs.calendar}out.ics`, event({ uid: "out", ...old }));
  const year = { start: "20250701T000000Z", end: "20260701T000000Z" };
  for (const component of ["VTODO", "VEVENT", "VJOURNAL"]) {
    const names = [D.getcontenttype, D.getetag];
    const filter = during(component, year);
    const { responses } = await client.query(hrefs.calendar, "1", names, filter);
    const expected = component === "VEVENT" ? [`${hrefs.calendar}in.ics`] : [];
    assertEquals(responses.map(({ href }) => href), expected);
    for (const one of responses) {
      assert(one.text(D.getetag));
      assert(one.text(D.getcontenttype)?.includes("calendar"));
    }
  }
});
