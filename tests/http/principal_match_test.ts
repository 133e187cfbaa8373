import { assert, assertEquals } from "@std/assert";
import { C, D, type XmlName } from "../../src/xml/names.ts";
import { el, type XmlElement } from "../../src/xml/tree.ts";
import { documentXml } from "../../src/xml/write.ts";
import { event } from "../fixtures/events.ts";
import { type Ask, type House, multistatusOf, openHouse, preconditionOf } from "../harness.ts";
import { proppatch } from "../clients/bodies.ts";
import { fill } from "./fill.ts";

const users = "/dav/principals/users/";
const alice = `${users}alice/`;
const bob = `${users}bob/`;
const staff = "/dav/principals/groups/staff/";
const team = "/dav/principals/groups/team/";
const home = "/dav/calendars/alice/";
const calendar = `${home}calendar/`;
const friend: XmlName = "{urn:example}friend";

/** Alice is in the team, and the team is among the staff. */
async function withGroups(): Promise<House> {
  const house = await openHouse({
    people: [
      { name: "alice" },
      { name: "bob" },
      { name: "staff", kind: "group" },
      { name: "team", kind: "group" },
    ],
  });
  for (const [name, members] of [["team", ["alice"]], ["staff", ["team", "bob"]]] as const) {
    const place = { kind: "principal", principalKind: "group", name } as const;
    const { owner } = await house.store.load({ asker: 0, place });
    assert(owner);
    await house.store.commit([], [{ kind: "set-members", groupId: owner.id, members }]);
  }
  return house;
}

const self = el(D.self);
const by = (...names: readonly XmlName[]) => el(D.principalProperty, names.map((name) => el(name)));
const match = (...children: readonly XmlElement[]) => el(D.principalMatch, children);

const report = (house: House, path: string, body: XmlElement, ask: Ask = {}) =>
  house.ask("REPORT", path, { ...ask, body: documentXml(body) });

async function mark(house: House, path: string, ...hrefs: readonly string[]): Promise<void> {
  const body = documentXml(proppatch(el(friend, hrefs.map((href) => el(D.href, [href])))));
  assertEquals((await house.ask("PROPPATCH", path, { body })).status, 207);
}

interface Case {
  readonly name: string;
  readonly path: string;
  readonly body: XmlElement;
  readonly finds: readonly string[];
}

const cases: readonly Case[] = [
  { name: "oneself, among the users", path: users, body: match(self), finds: [alice] },
  {
    name: "oneself and the groups that one is in, at whatever remove",
    path: "/dav/principals/",
    body: match(self),
    finds: [alice, staff, team],
  },
  { name: "nobody among the rooms", path: "/dav/principals/rooms/", body: match(self), finds: [] },
  { name: "nobody below a principal", path: alice, body: match(self), finds: [] },
  { name: "nobody in a calendar home", path: home, body: match(self), finds: [] },
  {
    name: "principals that a group with oneself is in",
    path: "/dav/principals/",
    body: match(by(D.groupMemberSet)),
    finds: [staff, team],
  },
  {
    name: "what one owns, at whatever depth",
    path: home,
    body: match(by(D.owner)),
    finds: [
      calendar,
      `${home}inbox/`,
      `${home}outbox/`,
      `${home}tasks/`,
      `${calendar}a.ics`,
      `${calendar}b.ics`,
    ],
  },
  {
    name: "what a client has marked, on a calendar and on an event",
    path: home,
    body: match(by(friend)),
    finds: [calendar, `${calendar}b.ics`],
  },
  { name: "a property without hrefs", path: home, body: match(by(D.displayname)), finds: [] },
  { name: "a property that nothing has", path: home, body: match(by(C.calendarData)), finds: [] },
];

for (const { name, path, body, finds } of cases) {
  Deno.test(`principal-match: ${name}`, async () => {
    await using house = await withGroups();
    for (const uid of ["a", "b"]) {
      await house.ask("PUT", `${calendar}${uid}.ics`, {
        headers: { "content-type": "text/calendar" },
        body: event({ uid }),
      });
    }
    await mark(house, calendar, bob, staff);
    await mark(house, `${calendar}a.ics`, bob, "mailto:alice@example.test");
    await mark(house, `${calendar}b.ics`, alice);
    assertEquals((await multistatusOf(await report(house, path, body))).hrefs, finds);
  });
}

Deno.test("principal-match: with the properties that are asked", async () => {
  await using house = await withGroups();
  const body = match(self, el(D.prop, [el(D.displayname), el(D.getetag)]));
  const found = (await multistatusOf(await report(house, users, body))).at(alice);
  assertEquals([found?.text(D.displayname), found?.statusOf(D.getetag)], ["alice", 404]);
});

Deno.test("principal-match: a mark on a calendar of more members than are told of is found", async () => {
  await using house = await withGroups();
  await fill(house, 5_100);
  await mark(house, `${calendar}005000.ics`, alice);
  const found = await multistatusOf(await report(house, home, match(by(friend))));
  assertEquals(found.hrefs, [`${calendar}005000.ics`]);
  const owned = await report(house, home, match(by(D.owner)));
  assertEquals([owned.status, await preconditionOf(owned)], [507, D.numberOfMatchesWithinLimits]);
});

const refused: readonly (readonly [name: string, body: XmlElement, depth?: string])[] = [
  ["Depth 1", match(self), "1"],
  ["Depth infinity", match(self), "infinity"],
  ["neither self nor a property", match()],
  ["self and a property", match(self, by(D.owner))],
  ["two properties", match(by(D.owner, D.group))],
  ["no property", match(by())],
  ["two props", match(self, el(D.prop), el(D.prop))],
];

for (const [name, body, depth = "0"] of refused) {
  Deno.test(`principal-match: ${name} is refused`, async () => {
    await using house = await withGroups();
    const response = await report(house, users, body, { headers: { depth } });
    assertEquals([response.status, await preconditionOf(response)], [400, undefined]);
  });
}
