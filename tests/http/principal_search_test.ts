import { assertEquals } from "@std/assert";
import { C, CS, D, type XmlName } from "../../src/xml/names.ts";
import {
  childNamed,
  childrenNamed,
  el,
  elementsOf,
  textOf,
  type XmlElement,
} from "../../src/xml/tree.ts";
import { documentXml } from "../../src/xml/write.ts";
import {
  type Ask,
  type House,
  multistatusOf,
  openHouse,
  type Person,
  preconditionOf,
  xmlOf,
} from "../harness.ts";

const people: readonly Person[] = [
  { name: "alice", displayName: "Alice Wonder" },
  { name: "bob", displayName: "Bob Builder", emails: ["bob@mail.test", "bob.b@example.test"] },
  { name: "Jürgen Müller", displayName: "Jürgen Müller", emails: ["juergen@example.test"] },
  { name: "team", displayName: "Team 01", kind: "group" },
  { name: "hall", displayName: "Hall 01", kind: "room" },
  { name: "beamer", displayName: "Beamer 01", kind: "resource" },
];

const users = "/dav/principals/users/";
const principals = "/dav/principals/";
const home = "/dav/calendars/alice/";
const hrefs = {
  alice: `${users}alice/`,
  bob: `${users}bob/`,
  jürgen: `${users}J%C3%BCrgen%20M%C3%BCller/`,
  team: `${principals}groups/team/`,
  hall: `${principals}rooms/hall/`,
  beamer: `${principals}resources/beamer/`,
} as const;
type Known = keyof typeof hrefs;

type Attributes = Readonly<Record<string, string>>;

const property = (name: XmlName, text: string, attributes: Attributes = {}): XmlElement =>
  el(D.propertySearch, [el(D.prop, [el(name)]), el(D.match, [text], attributes)]);

const everywhere = el(D.applyToPrincipalCollectionSet);

const search = (children: readonly XmlElement[], attributes: Attributes = {}): XmlElement =>
  el(D.principalPropertySearch, [...children, el(D.prop, [el(D.displayname)])], attributes);

const words = (context: string | undefined, ...tokens: readonly string[]): XmlElement =>
  el(
    CS.calendarserverPrincipalSearch,
    [...tokens.map((token) => el(CS.searchToken, [token])), el(D.prop, [el(D.displayname)])],
    context === undefined ? {} : { context },
  );

const report = (house: House, path: string, body: XmlElement, ask: Ask = {}) =>
  house.ask("REPORT", path, { ...ask, body: documentXml(body) });

interface Case {
  readonly name: string;
  readonly path?: string;
  readonly body: XmlElement;
  readonly finds: readonly Known[];
}

const cases: readonly Case[] = [
  { name: "a part of a name", body: search([property(D.displayname, "ild")]), finds: ["bob"] },
  {
    name: "in whatever letter case",
    body: search([property(D.displayname, "MÜLL")]),
    finds: ["jürgen"],
  },
  {
    name: "the kinds below the URL",
    path: users,
    body: search([property(D.displayname, "b")]),
    finds: ["bob"],
  },
  {
    name: "no principals below a calendar",
    path: home,
    body: search([property(D.displayname, "b")]),
    finds: [],
  },
  {
    name: "apply-to-principal-collection-set, from a calendar",
    path: home,
    body: search([property(D.displayname, "01"), everywhere]),
    finds: ["beamer", "hall", "team"],
  },
  {
    name: "several searches: all of them",
    body: search([property(D.displayname, "01"), property(C.calendarUserType, "room")]),
    finds: ["hall"],
  },
  {
    name: "several properties in one search: all of them",
    body: search([
      el(D.propertySearch, [
        el(D.prop, [el(D.displayname), el(CS.emailAddressSet)]),
        el(D.match, ["bob"]),
      ]),
    ]),
    finds: ["bob"],
  },
  {
    name: "anyof",
    body: search([property(D.displayname, "alice"), property(CS.emailAddressSet, "bob")], {
      test: "anyof",
    }),
    finds: ["alice", "bob"],
  },
  {
    name: "a type",
    body: search([property(D.displayname, "01")], { type: "RESOURCE" }),
    finds: ["beamer"],
  },
  {
    name: "equals",
    body: search([property(D.displayname, "hall 01", { "match-type": "equals" })]),
    finds: ["hall"],
  },
  {
    name: "starts-with",
    body: search([property(D.displayname, "be", { "match-type": "starts-with" })]),
    finds: ["beamer"],
  },
  {
    name: "ends-with",
    body: search([property(D.displayname, "r", { "match-type": "ends-with" })]),
    finds: ["jürgen", "alice", "bob"],
  },
  { name: "a first name", body: search([property(CS.firstName, "bob")]), finds: ["bob"] },
  { name: "a last name", body: search([property(CS.lastName, "wonder")]), finds: ["alice"] },
  {
    name: "any of the mail addresses",
    body: search([property(CS.emailAddressSet, "bob.b@")]),
    finds: ["bob"],
  },
  {
    name: "an address within its mailto:",
    body: search([property(C.calendarUserAddressSet, "Bob.B@example.test")]),
    finds: ["bob"],
  },
  {
    name: "a whole address",
    body: search([
      property(C.calendarUserAddressSet, "mailto:bob@mail.test", { "match-type": "equals" }),
    ]),
    finds: ["bob"],
  },
  {
    name: "the URL of a principal as its address",
    body: search([property(C.calendarUserAddressSet, hrefs.jürgen)]),
    finds: ["jürgen"],
  },
  {
    name: "the URL of a principal of another kind",
    body: search([property(C.calendarUserAddressSet, `${principals}rooms/bob/`)]),
    finds: [],
  },
  {
    name: "a home",
    body: search([property(C.calendarHomeSet, "/dav/calendars/bob/")]),
    finds: ["bob"],
  },
  {
    name: "no calendar of a home",
    body: search([property(C.calendarHomeSet, `${home}calendar/`)]),
    finds: [],
  },
  {
    name: "a kind of record",
    body: search([property(CS.recordType, "location")]),
    finds: ["hall"],
  },
  {
    name: "a property that can't be searched",
    body: search([property(D.owner, "alice")]),
    finds: [],
  },
  {
    name: "anyof with a property that nobody has",
    body: search([property(CS.getctag, "a"), property(D.displayname, "bob")], { test: "anyof" }),
    finds: ["bob"],
  },
  { name: "what LIKE takes for anything", body: search([property(D.displayname, "_")]), finds: [] },
  {
    name: "no condition",
    body: search([]),
    finds: ["jürgen", "alice", "beamer", "bob", "hall", "team"],
  },
  {
    name: "no condition, below users",
    path: users,
    body: search([]),
    finds: ["jürgen", "alice", "bob"],
  },
  {
    name: "words: of the name",
    path: home,
    body: words("attendee", "01", "be"),
    finds: ["beamer"],
  },
  {
    name: "words: of name and address",
    body: words(undefined, "builder", "mail.test"),
    finds: ["bob"],
  },
  {
    name: "a property that is named a thousand times",
    body: search([
      el(D.propertySearch, [
        el(D.prop, Array.from({ length: 1_000 }, () => el(D.displayname))),
        el(D.match, ["bob"]),
      ]),
    ]),
    finds: ["bob"],
  },
  { name: "words: locations", body: words("location", "01"), finds: ["hall"] },
  { name: "words: resources", body: words("resource", "01"), finds: ["beamer"] },
  { name: "words: groups", body: words("group", "01"), finds: ["team"] },
  { name: "words: users", body: words("user", "b"), finds: ["bob"] },
  { name: "words: not one of them", body: words("attendee", "bob", "01"), finds: [] },
];

for (const { name, path = principals, body, finds } of cases) {
  Deno.test(`search for principals: ${name}`, async () => {
    await using house = await openHouse({ people });
    const found = await multistatusOf(await report(house, path, body));
    assertEquals(found.hrefs, finds.map((one) => hrefs[one]));
    const names = people.map(({ displayName }) => displayName);
    assertEquals(found.responses.every(({ text }) => names.includes(text(D.displayname))), true);
  });
}

const refused: readonly {
  readonly name: string;
  readonly body: XmlElement;
  readonly depth?: string;
  readonly gives?: readonly [number, XmlName?];
}[] = [
  { name: "Depth 1", body: search([property(D.displayname, "b")]), depth: "1" },
  { name: "Depth infinity", body: words("user", "b"), depth: "infinity" },
  { name: "an unknown test", body: search([property(D.displayname, "b")], { test: "oneof" }) },
  { name: "an unknown type", body: search([property(D.displayname, "b")], { type: "UNKNOWN" }) },
  {
    name: "an unknown match-type",
    body: search([property(D.displayname, "b", { "match-type": "like" })]),
  },
  {
    name: "an unknown caseless",
    body: search([property(D.displayname, "b", { caseless: "maybe" })]),
  },
  { name: "a search without match", body: search([el(D.propertySearch, [el(D.prop)])]) },
  { name: "a search without prop", body: search([el(D.propertySearch, [el(D.match)])]) },
  { name: "two props", body: search([el(D.prop), property(D.displayname, "b")]) },
  { name: "a limit that says nothing", body: search([property(D.displayname, "b"), el(CS.limit)]) },
  {
    name: "what begins no address",
    body: search([
      property(C.calendarUserAddressSet, "bob", { "match-type": "starts-with" }),
    ]),
  },
  {
    name: "too many searches",
    body: search(Array.from({ length: 51 }, () => property(D.displayname, "b"))),
  },
  {
    name: "one search of too many properties",
    body: search([
      el(D.propertySearch, [
        el(D.prop, Array.from({ length: 51 }, (_, index) => el(`{urn:x}x${index}`))),
        el(D.match, ["b"]),
      ]),
    ]),
  },
  { name: "too many words", body: words("user", ...Array(51).fill("b")) },
];

for (const { name, body, depth = "0", gives = [400, undefined] } of refused) {
  Deno.test(`search for principals: ${name} is refused`, async () => {
    await using house = await openHouse({ people });
    const response = await report(house, principals, body, { headers: { depth } });
    assertEquals([response.status, await preconditionOf(response)], gives as unknown);
  });
}

const limited = (name: string): XmlElement => el(CS.limit, [el(CS.nresults, [name])]);

for (
  const make of [search, (parts: readonly XmlElement[]) => ({ ...words("user"), children: parts })]
) {
  const body = make([limited("2")]);
  Deno.test(`${body.name}: more than the limit ends with 507 of the URL that was asked`, async () => {
    await using house = await openHouse({ people });
    const { responses } = await multistatusOf(await report(house, principals, body));
    assertEquals(responses.map(({ href, status }) => [href, status]), [
      [hrefs.jürgen, undefined],
      [hrefs.alice, undefined],
      [principals, 507],
    ]);
    const error = responses.at(-1)?.error;
    assertEquals(error && elementsOf(error).map(({ name }) => name), [
      D.numberOfMatchesWithinLimits,
    ]);
  });
}

Deno.test("search for principals: an account that is switched off is not found", async () => {
  await using house = await openHouse({ people });
  const { owner } = await house.store.load({
    asker: 0,
    place: { kind: "principal", principalKind: "individual", name: "bob" },
  });
  await house.store.commit([], [{ kind: "set-principal", id: owner?.id ?? 0, disabled: true }]);
  for (const body of [search([property(D.displayname, "b")]), words(undefined, "b")]) {
    const { hrefs: found } = await multistatusOf(await report(house, principals, body));
    assertEquals(found, [hrefs.beamer]);
  }
});

Deno.test("search for principals: nobody is found under a name that was changed", async () => {
  await using house = await openHouse({ people });
  const { owner } = await house.store.load({
    asker: 0,
    place: { kind: "principal", principalKind: "individual", name: "bob" },
  });
  const id = owner?.id ?? 0;
  const shown = { displayName: "Robert", displayKey: "ROBERT" };
  await house.store.commit([], [{ kind: "set-principal", id, ...shown }]);
  const found = async (text: string) =>
    (await multistatusOf(await report(house, principals, search([property(D.displayname, text)]))))
      .hrefs;
  assertEquals([await found("build"), await found("rob")], [[], [hrefs.bob]]);
});

const listing: readonly (readonly [name: string, body: XmlElement, allowed: boolean])[] = [
  ["no condition", search([]), false],
  ["an empty text", search([property(D.displayname, "")]), false],
  ["a kind", search([property(C.calendarUserType, "INDIVIDUAL")]), false],
  ["no word", words("attendee"), false],
  ["a name", search([property(D.displayname, "bob")]), true],
  ["a word", words("attendee", "bob"), true],
];

for (const [name, body, allowed] of listing) {
  Deno.test(`search for principals by ${name}, without listPrincipals`, async () => {
    await using house = await openHouse({ people, settings: { listPrincipals: false } });
    const response = await report(house, principals, body);
    if (allowed) return assertEquals((await multistatusOf(response)).hrefs, [hrefs.bob]);
    assertEquals([response.status, await preconditionOf(response)], [
      403,
      D.numberOfMatchesWithinLimits,
    ]);
  });
}

Deno.test("the properties that can be searched are told, and no others", async () => {
  await using house = await openHouse({ people });
  for (const path of ["/", "/dav/", principals, users]) {
    const response = await report(house, path, el(D.principalSearchPropertySet));
    assertEquals(response.status, 200);
    const root = await xmlOf(response);
    assertEquals(root.name, D.principalSearchPropertySet);
    const told = childrenNamed(root, D.principalSearchProperty).map((one) => {
      const description = childNamed(one, D.description);
      assertEquals(description && textOf(description) !== "", true);
      return elementsOf(childNamed(one, D.prop) ?? one)[0]?.name;
    });
    assertEquals(
      told.sort(),
      [
        C.calendarHomeSet,
        C.calendarUserAddressSet,
        C.calendarUserType,
        CS.emailAddressSet,
        CS.firstName,
        CS.lastName,
        CS.recordType,
        D.displayname,
      ].sort(),
    );
  }
  const refused = await report(house, principals, el(D.principalSearchPropertySet), {
    headers: { depth: "1" },
  });
  assertEquals(refused.status, 400);
});
