import { assert, assertEquals } from "@std/assert";
import { C, D, type XmlName } from "../../src/xml/names.ts";
import { el, elementsOf } from "../../src/xml/tree.ts";
import { documentXml } from "../../src/xml/write.ts";
import { type House, type Multistatus, multistatusOf, openHouse } from "../harness.ts";
import { propfind, proppatch } from "../clients/bodies.ts";

const alice = "/dav/principals/users/alice/";
const team = "/dav/principals/groups/team/";

const find = async (
  house: House,
  path: string,
  depth: "0" | "1",
  ...names: readonly XmlName[]
): Promise<Multistatus> =>
  multistatusOf(
    await house.ask("PROPFIND", path, {
      headers: { depth },
      body: documentXml(propfind(...names)),
    }),
  );

async function withTeam(): Promise<House> {
  const house = await openHouse({
    people: [{ name: "alice" }, { name: "bob" }, { name: "team", kind: "group" }],
  });
  const { owner } = await house.store.load({
    asker: 0,
    place: { kind: "principal", principalKind: "group", name: "team" },
  });
  assert(owner);
  const members = ["bob", "alice"];
  await house.store.commit([], [{ kind: "set-members", groupId: owner.id, members }]);
  return house;
}

const memberships: readonly (readonly [path: string, groups: string[], members: string[]])[] = [
  [alice, [team], []],
  [team, [], [alice, "/dav/principals/users/bob/"]],
];

for (const [path, groups, members] of memberships) {
  Deno.test(`PROPFIND ${path} tells the groups it is in, and of a group its members`, async () => {
    await using house = await withTeam();
    const found = (await find(house, path, "0", D.groupMembership, D.groupMemberSet)).at(path);
    assertEquals(found?.statusOf(D.groupMembership), 200);
    assertEquals(found?.hrefs(D.groupMembership), groups);
    assertEquals(found?.statusOf(D.groupMemberSet), 200);
    assertEquals(found?.hrefs(D.groupMemberSet), members);
  });
}

Deno.test("a group has no home, and its members can't be set by PROPPATCH", async () => {
  await using house = await withTeam();
  const found = (await find(house, team, "0", C.calendarHomeSet, D.alternateURISet)).at(team);
  assertEquals([C.calendarHomeSet, D.alternateURISet].map((name) => found?.statusOf(name)), [
    404,
    200,
  ]);
  const body = documentXml(proppatch(el(D.groupMemberSet)));
  assertEquals((await house.ask("PROPPATCH", team, { body })).status, 403);
});

const above: readonly (readonly [path: string, own: string])[] = [
  ["/dav/principals/users/", alice],
  ["/dav/calendars/", "/dav/calendars/alice/"],
  ["/dav/files/", "/dav/files/alice/"],
];

for (const [path, own] of above) {
  Deno.test(`PROPFIND ${path} Depth 1 tells of one's own what a PROPFIND of it tells`, async () => {
    await using house = await withTeam();
    const dead: XmlName = "{urn:example}note";
    const note = documentXml(proppatch(el(dead, ["kept"])));
    assertEquals((await house.ask("PROPPATCH", own, { body: note })).status, 207);
    const names = [D.currentUserPrivilegeSet, D.groupMembership, D.lockdiscovery, dead];
    const listed = await find(house, path, "1", ...names);
    assertEquals(listed.hrefs, [path, own]);
    const direct = await find(house, own, "0", ...names);
    for (const name of names) {
      assertEquals(listed.at(own)?.prop(name), direct.at(own)?.prop(name));
    }
    const privileges = elementsOf(direct.at(own)?.prop(D.currentUserPrivilegeSet) ?? el(D.prop))
      .flatMap(elementsOf).map(({ name }) => name);
    assert(privileges.includes(D.writeProperties));
  });
}
