import { assert, assertEquals } from "@std/assert";
import { limits } from "../../src/limits.ts";
import { C, D, localOf, namespaceOf, type XmlName } from "../../src/xml/names.ts";
import {
  childNamed,
  childrenNamed,
  el,
  elementsOf,
  hrefTextOf,
  textOf,
  type XmlElement,
} from "../../src/xml/tree.ts";
import { documentXml } from "../../src/xml/write.ts";
import {
  type Ask,
  type House,
  multistatusOf,
  openHouse,
  preconditionOf,
  xmlOf,
} from "../harness.ts";
import { proppatch } from "../clients/bodies.ts";
import { fill } from "./fill.ts";

const alice = "/dav/principals/users/alice/";
const bob = "/dav/principals/users/bob/";
const team = "/dav/principals/groups/team/";
const home = "/dav/calendars/alice/";

async function withTeam(settings = {}): Promise<House> {
  const house = await openHouse({
    people: [
      { name: "alice", displayName: "Alice" },
      { name: "bob", displayName: "Bob" },
      { name: "team", kind: "group", displayName: "Team" },
    ],
    settings,
  });
  const { owner } = await house.store.load({
    asker: 0,
    place: { kind: "principal", principalKind: "group", name: "team" },
  });
  assert(owner);
  const members = ["alice", "bob"];
  await house.store.commit([], [{ kind: "set-members", groupId: owner.id, members }]);
  return house;
}

/** DAV:property of the request. */
const property = (name: XmlName, ...nested: readonly XmlElement[]): XmlElement => {
  const namespace = namespaceOf(name);
  const attributes = { name: localOf(name), ...(namespace === "DAV:" ? {} : { namespace }) };
  return el(D.property, nested, attributes);
};

const report = (house: House, path: string, wanted: readonly XmlElement[], ask: Ask = {}) =>
  house.ask("REPORT", path, { ...ask, body: documentXml(el(D.expandProperty, wanted)) });

/** A DAV:response as lines: href and status, and below it each property by status, text and nested ones. */
function linesOf(response: XmlElement, indent = ""): string[] {
  const href = childNamed(response, D.href);
  const status = childNamed(response, D.status);
  const own = `${indent}${href && hrefTextOf(href)}${
    status ? ` ${textOf(status).slice(9, 12)}` : ""
  }`;
  const properties = childrenNamed(response, D.propstat).flatMap((propstat) => {
    const code = textOf(childNamed(propstat, D.status) ?? el(D.status)).slice(9, 12);
    return elementsOf(childNamed(propstat, D.prop) ?? el(D.prop)).flatMap((one) => {
      const text = textOf(one);
      const hrefs = childrenNamed(one, D.href).map((one) => ` <${hrefTextOf(one)}>`).join("");
      return [
        `${indent}  ${code} ${localOf(one.name)}${text && ` ${text}`}${hrefs}`,
        ...childrenNamed(one, D.response).flatMap((nested) => linesOf(nested, `${indent}    `)),
      ];
    });
  });
  return [own, ...properties];
}

interface Case {
  readonly name: string;
  readonly path: string;
  readonly wanted: readonly XmlElement[];
  readonly ask?: Ask;
  readonly tells: readonly string[];
}

const name = property(D.displayname);

const cases: readonly Case[] = [
  {
    name: "each member of a group",
    path: team,
    wanted: [property(D.groupMemberSet, name)],
    tells: [
      team,
      "  200 group-member-set",
      `    ${alice}`,
      "      200 displayname Alice",
      `    ${bob}`,
      "      200 displayname Bob",
    ],
  },
  {
    name: "a property of another namespace, to a home",
    path: alice,
    wanted: [property(C.calendarHomeSet, property(D.resourcetype), property(D.owner)), name],
    tells: [
      alice,
      "  200 calendar-home-set",
      `    ${home}`,
      "      200 resourcetype",
      `      200 owner <${alice}>`,
      "  200 displayname Alice",
    ],
  },
  {
    name: "from level to level, and round in a circle",
    path: `${home}calendar/`,
    wanted: [
      property(
        D.owner,
        property(D.groupMembership, name, property(D.groupMemberSet, property(D.principalURL))),
      ),
    ],
    tells: [
      `${home}calendar/`,
      "  200 owner",
      `    ${alice}`,
      "      200 group-membership",
      `        ${team}`,
      "          200 displayname Team",
      "          200 group-member-set",
      `            ${alice}`,
      `              200 principal-URL <${alice}>`,
      `            ${bob}`,
      `              200 principal-URL <${bob}>`,
    ],
  },
  {
    name: "one that is asked twice, once, with all that is asked of it",
    path: team,
    wanted: [
      name,
      property(D.groupMemberSet, name),
      property(D.groupMemberSet, property(D.groupMembership), name),
      name,
    ],
    tells: [
      team,
      "  200 displayname Team",
      "  200 group-member-set",
      ...[[alice, "Alice"], [bob, "Bob"]].flatMap(([href, name]) => [
        `    ${href}`,
        `      200 displayname ${name}`,
        `      200 group-membership <${team}>`,
      ]),
    ],
  },
  {
    name: "what is not there, within what is",
    path: alice,
    wanted: [property(D.groupMembership, property(D.getetag)), property(D.getetag, name)],
    tells: [
      alice,
      "  200 group-membership",
      `    ${team}`,
      "      404 getetag",
      "  404 getetag",
    ],
  },
  {
    name: "Prefer: return=minimal",
    path: alice,
    wanted: [property(D.groupMembership, property(D.getetag)), property(D.getetag)],
    ask: { headers: { prefer: "return=minimal" } },
    tells: [alice, "  200 group-membership", `    ${team}`],
  },
  {
    name: "a home that one may not read",
    path: bob,
    wanted: [property(C.calendarHomeSet, name)],
    tells: [bob, "  200 calendar-home-set", "    /dav/calendars/bob/ 403"],
  },
  {
    name: "an address that is no resource stays",
    path: alice,
    wanted: [property(C.calendarUserAddressSet, property(D.principalURL))],
    tells: [
      alice,
      "  200 calendar-user-address-set <mailto:alice@example.test> <mailto:alice@example.test>",
      `    ${alice}`,
      `      200 principal-URL <${alice}>`,
    ],
  },
  {
    name: "rules that one may not read",
    path: team,
    wanted: [property(D.acl, name), property(D.principalURL, property(D.acl))],
    tells: [team, "  200 principal-URL", `    ${team}`, "      403 acl", "  403 acl"],
  },
  {
    name: "hrefs deeper in a property",
    path: `${home}calendar/`,
    wanted: [property(D.inheritedAclSet, property(D.resourcetype))],
    tells: [`${home}calendar/`, "  200 inherited-acl-set", `    ${home}`, "      200 resourcetype"],
  },
];

for (const { name, path, wanted, ask, tells } of cases) {
  Deno.test(`expand-property: ${name}`, async () => {
    await using house = await withTeam();
    const response = await report(house, path, wanted, ask);
    assertEquals(response.status, 207);
    const responses = childrenNamed(await xmlOf(response), D.response);
    assertEquals(responses.flatMap((one) => linesOf(one)), [...tells]);
  });
}

Deno.test("expand-property: Depth 1 tells of the members, too", async () => {
  await using house = await withTeam();
  const owner = property(D.owner, name);
  const found = await multistatusOf(
    await report(house, home, [owner], { headers: { depth: "1" } }),
  );
  const members = ["calendar/", "inbox/", "outbox/", "tasks/"].map((one) => home + one);
  assertEquals(found.hrefs, [home, ...members]);
  for (const { prop } of found.responses) {
    const element = prop(D.owner);
    assertEquals(element && childrenNamed(element, D.response).length, 1);
  }
});

Deno.test("expand-property: of hrefs in a property that a client has set", async () => {
  await using house = await withTeam();
  const dead: XmlName = "{urn:example}friends";
  const hrefs = [bob, "/dav/principals/users/nobody/", "/elsewhere", "https://example.org/x"];
  const body = documentXml(proppatch(el(dead, hrefs.map((href) => el(D.href, [href])))));
  assertEquals((await house.ask("PROPPATCH", alice, { body })).status, 207);
  const root = await xmlOf(await report(house, alice, [property(dead, name)]));
  assertEquals(childrenNamed(root, D.response).flatMap((one) => linesOf(one)), [
    alice,
    "  200 friends </elsewhere> <https://example.org/x>",
    `    ${bob}`,
    "      200 displayname Bob",
    "    /dav/principals/users/nobody/ 404",
  ]);
});

Deno.test("expand-property: a home whose service is off says so", async () => {
  await using house = await withTeam();
  const off = { kind: "switch-service", service: "caldav", principalId: 0, on: false } as const;
  await house.store.commit([], [off]);
  const root = await xmlOf(await report(house, alice, [property(C.calendarHomeSet, name)]));
  assertEquals(childrenNamed(root, D.response).flatMap((one) => linesOf(one)), [
    alice,
    "  200 calendar-home-set",
    `    ${home} 503`,
  ]);
});

const nested = (levels: number): XmlElement =>
  property(D.owner, ...(levels > 1 ? [nested(levels - 1)] : []));

const refused: readonly {
  readonly name: string;
  readonly wanted: readonly XmlElement[];
  readonly ask?: Ask;
}[] = [
  { name: "Depth infinity", wanted: [name], ask: { headers: { depth: "infinity" } } },
  { name: "a property without a name", wanted: [el(D.property)] },
  ...["%zz", "a:b", "x/><y", "", "-a"].map((name) => ({
    name: `a property that is called ${name}`,
    wanted: [el(D.property, [], { name })],
  })),
  {
    name: "a property in the namespace of xmlns",
    wanted: [el(D.property, [], { name: "x", namespace: "http://www.w3.org/2000/xmlns/" })],
  },
  { name: "too many levels", wanted: [nested(limits.expandLevels + 1)] },
  {
    name: "too many properties, at whatever place",
    wanted: [property(D.owner, ...Array<XmlElement>(limits.properties).fill(property(D.acl)))],
  },
];

for (const { name, wanted, ask } of refused) {
  Deno.test(`expand-property: ${name} is refused`, async () => {
    await using house = await withTeam();
    const response = await report(house, alice, wanted, ask);
    assertEquals([response.status, await preconditionOf(response)], [400, undefined]);
  });
}

Deno.test("expand-property: as many levels as there may be", async () => {
  await using house = await withTeam();
  const root = await xmlOf(await report(house, alice, [nested(limits.expandLevels)]));
  assertEquals(childrenNamed(root, D.response).flatMap((one) => linesOf(one)).length, 16);
});

Deno.test("expand-property: an answer that grows with each level is refused", async () => {
  await using house = await withTeam();
  const around = (levels: number): XmlElement =>
    levels === 0
      ? name
      : property(D.groupMemberSet, property(D.groupMembership, around(levels - 1)));
  const members = Array.from({ length: 60 }, (_, index) => `m${index}`);
  const { owner } = await house.store.load({
    asker: 0,
    place: { kind: "principal", principalKind: "group", name: "team" },
  });
  await house.store.commit([], [
    ...members.map((one, index) => ({
      kind: "make-principal" as const,
      principal: {
        id: 5_000 + index,
        kind: "individual" as const,
        name: one,
        displayName: one,
        admin: false,
        disabled: false,
      },
      nameKey: one,
      displayKey: one.toUpperCase(),
      created: 0,
    })),
    { kind: "set-members", groupId: owner?.id ?? 0, members },
  ]);
  assertEquals((await report(house, team, [around(1)])).status, 207);
  const response = await report(house, team, [around(2)]);
  assertEquals([response.status, await preconditionOf(response)], [
    507,
    D.numberOfMatchesWithinLimits,
  ]);
});

Deno.test("expand-property: more properties of all resources than an answer may tell are refused", async () => {
  await using house = await withTeam();
  const few = Array.from({ length: 200 }, (_, index) => property(`{urn:x}p${index}`));
  const calendar = `${home}calendar/`;
  assertEquals((await report(house, calendar, few, { headers: { depth: "1" } })).status, 207);
  await fill(house, 100);
  const response = await report(house, calendar, few, { headers: { depth: "1" } });
  assertEquals([response.status, await preconditionOf(response)], [
    507,
    D.numberOfMatchesWithinLimits,
  ]);
});
