import { assertEquals } from "@std/assert";
import { C, D, localOf, type XmlName } from "../../src/xml/names.ts";
import {
  childNamed,
  childrenNamed,
  el,
  elementsOf,
  hrefTextOf,
  type XmlElement,
} from "../../src/xml/tree.ts";
import { documentXml } from "../../src/xml/write.ts";
import { event } from "../fixtures/events.ts";
import {
  type Ask,
  type Found,
  type House,
  multistatusOf,
  openHouse,
  preconditionOf,
  xmlOf,
} from "../harness.ts";
import { propfind } from "../clients/bodies.ts";

const alice = "/dav/principals/users/alice/";
const home = "/dav/calendars/alice/";
const calendar = `${home}calendar/`;
const item = `${calendar}a.ics`;

async function withEvent(): Promise<House> {
  const house = await openHouse();
  const headers = { "content-type": "text/calendar" };
  await house.ask("PUT", item, { headers, body: event({ uid: "a" }) });
  return house;
}

async function find(house: House, path: string, ...names: readonly XmlName[]): Promise<Found> {
  const body = documentXml(propfind(...names));
  const response = await house.ask("PROPFIND", path, { headers: { depth: "0" }, body });
  const [found] = (await multistatusOf(response)).responses;
  if (!found) throw new Error("no response");
  return found;
}

/** An ACE in words: `owner: all; protected; from /`. */
function words(ace: XmlElement): string {
  const named = (element: XmlElement | undefined) => element && elementsOf(element)[0];
  const who = named(childNamed(ace, D.principal));
  const subject = who?.name === D.property ? named(who) : who;
  const granted = elementsOf(childNamed(ace, D.grant) ?? el(D.grant)).map((one) => named(one));
  const from = named(childNamed(ace, D.inherited));
  return [
    `${subject && localOf(subject.name)}: ${granted.map((one) => one && localOf(one.name))}`,
    ...(childNamed(ace, D.protected) ? ["protected"] : []),
    ...(from ? [`from ${hrefTextOf(from)}`] : []),
  ].join("; ");
}

const everything = ["owner: all; protected", "authenticated: read-free-busy; protected"];

const acls:
  readonly (readonly [path: string, acl: readonly string[], inherited: readonly string[]])[] = [
    [home, everything, []],
    [calendar, everything.map((one) => `${one}; from ${home}`), [home]],
    [item, everything.map((one) => `${one}; from ${home}`), [home]],
    ["/dav/files/alice/", everything, []],
    [
      alice,
      ["owner: write-properties,read-acl; protected", "authenticated: read; protected"],
      [],
    ],
  ];

for (const [path, acl, inherited] of acls) {
  Deno.test(`DAV:acl of ${path}, and what goes with it`, async () => {
    await using house = await withEvent();
    const found = await find(house, path, D.acl, D.aclRestrictions, D.inheritedAclSet);
    const told = found.prop(D.acl);
    assertEquals(told && elementsOf(told).map(words), [...acl]);
    const restrictions = found.prop(D.aclRestrictions);
    assertEquals(restrictions && elementsOf(restrictions).map(({ name }) => name), [
      D.grantOnly,
      D.noInvert,
    ]);
    assertEquals(found.statusOf(D.inheritedAclSet), 200);
    assertEquals(found.hrefs(D.inheritedAclSet), inherited);
  });
}

for (const path of ["/", "/dav/principals/", "/dav/principals/users/bob/"]) {
  Deno.test(`DAV:acl of ${path} is nothing for those who only read it`, async () => {
    await using house = await withEvent();
    const body = documentXml(propfind(D.acl, D.inheritedAclSet));
    const response = await house.ask("PROPFIND", path, { headers: { depth: "0" }, body });
    const root = await xmlOf(response);
    const [found] = childrenNamed(root, D.response);
    const propstats = found ? childrenNamed(found, D.propstat) : [];
    const [, forbidden] = propstats;
    const error = forbidden && childNamed(forbidden, D.error);
    const need = error && elementsOf(error)[0];
    assertEquals(propstats.length, 2);
    assertEquals(need?.name, D.needPrivileges);
    const href = childNamed(need && elementsOf(need)[0] || el(D.resource), D.href);
    assertEquals(href && hrefTextOf(href), path);
    assertEquals((await find(house, path, D.acl)).statusOf(D.acl), 403);
  });
}

Deno.test("DAV:propname keeps quiet of what would be refused", async () => {
  await using house = await withEvent();
  const body = documentXml(el(D.propfind, [el(D.propname)]));
  const names = async (path: string) =>
    (await multistatusOf(await house.ask("PROPFIND", path, { headers: { depth: "0" }, body })))
      .responses[0]?.names ?? [];
  assertEquals((await names(calendar)).includes(D.acl), true);
  assertEquals((await names("/dav/principals/")).includes(D.acl), false);
});

const methods: readonly (readonly [path: string, ...methods: readonly string[]])[] = [
  ["/", "OPTIONS", "PROPFIND", "REPORT"],
  [alice, "OPTIONS", "PROPFIND", "PROPPATCH", "REPORT"],
  [home],
  [calendar],
  [item],
  ["/dav/files/alice/"],
];

for (const [path, ...names] of methods) {
  Deno.test(`DAV:supported-method-set of ${path} says what Allow does`, async () => {
    await using house = await withEvent();
    const set = (await find(house, path, D.supportedMethodSet)).prop(D.supportedMethodSet);
    const told = set ? elementsOf(set).map(({ attributes }) => attributes.name ?? "") : [];
    const allow = (await house.ask("OPTIONS", path)).headers.get("allow")?.split(/, */) ?? [];
    const puts = allow.includes("PUT") && !told.includes("PUT") ? ["PUT"] : []; // of its members
    assertEquals([...told, ...puts].sort(), allow.sort());
    if (names.length > 0) assertEquals(told.filter((one) => names.includes(one)).sort(), names);
  });
}

Deno.test("DAV:principal-collection-set is the root of all principals, everywhere", async () => {
  await using house = await withEvent();
  for (const path of ["/", "/dav/", "/dav/principals/", alice, home, calendar, item]) {
    const found = await find(house, path, D.principalCollectionSet);
    assertEquals(found.hrefs(D.principalCollectionSet), ["/dav/principals/"]);
  }
});

Deno.test("DAV:read contains CALDAV:read-free-busy", async () => {
  await using house = await withEvent();
  const held = async (path: string) => {
    const set = (await find(house, path, D.currentUserPrivilegeSet)).prop(
      D.currentUserPrivilegeSet,
    );
    return set ? elementsOf(set).flatMap(elementsOf).map(({ name }) => name) : [];
  };
  for (const path of ["/dav/", "/dav/principals/users/bob/", calendar]) {
    const privileges = await held(path);
    assertEquals([D.read, C.readFreeBusy].filter((one) => !privileges.includes(one)), []);
  }
});

const report = (house: House, path: string, names: readonly XmlName[], ask: Ask = {}) => {
  const body = documentXml(el(D.aclPrincipalPropSet, [el(D.prop, names.map((name) => el(name)))]));
  return house.ask("REPORT", path, { ...ask, body });
};

for (const path of [home, calendar, item, alice, "/dav/files/alice/"]) {
  Deno.test(`acl-principal-prop-set of ${path} tells of its owner`, async () => {
    await using house = await withEvent();
    const found = await multistatusOf(await report(house, path, [D.displayname, D.principalURL]));
    assertEquals(found.hrefs, [alice]);
    assertEquals(found.at(alice)?.text(D.displayname), "alice");
    assertEquals(found.at(alice)?.hrefs(D.principalURL), [alice]);
  });
}

Deno.test("acl-principal-prop-set of somebody else needs DAV:read-acl", async () => {
  await using house = await withEvent();
  const response = await report(house, "/dav/principals/users/bob/", [D.displayname]);
  assertEquals([response.status, await preconditionOf(response)], [403, D.needPrivileges]);
});

const malformed: readonly (readonly [name: string, body: XmlElement, depth?: string])[] = [
  ["no prop", el(D.aclPrincipalPropSet)],
  ["two props", el(D.aclPrincipalPropSet, [el(D.prop), el(D.prop)])],
  ["Depth 1", el(D.aclPrincipalPropSet, [el(D.prop)]), "1"],
];

for (const [name, body, depth = "0"] of malformed) {
  Deno.test(`acl-principal-prop-set: ${name} is refused`, async () => {
    await using house = await withEvent();
    const ask = { headers: { depth }, body: documentXml(body) };
    assertEquals((await house.ask("REPORT", calendar, ask)).status, 400);
  });
}
