import { assertEquals, assertThrows } from "@std/assert";
import {
  privilegesOn,
  requirePrivilege,
  type RuledPlace,
  type SupportedPrivilege,
  supportedPrivileges,
} from "../../src/access/privileges.ts";
import { Refusal } from "../../src/refusal.ts";
import { C, D, type XmlName } from "../../src/xml/names.ts";

const read: XmlName[] = [D.read, C.readFreeBusy, D.readCurrentUserPrivilegeSet];
const all: XmlName[] = [
  D.all,
  ...read,
  D.readAcl,
  D.write,
  D.writeProperties,
  D.writeContent,
  D.bind,
  D.unbind,
  D.writeAcl,
  D.unlock,
];

interface Case {
  readonly name: string;
  readonly kind?: RuledPlace;
  readonly admin?: boolean;
  readonly owner?: { readonly id: number } | null;
  readonly adminDav?: boolean;
  readonly gives: readonly XmlName[];
}

const asker = { id: 1 };
const other = { id: 2 };

const cases: Case[] = [
  { name: "one's own home", owner: asker, gives: all },
  { name: "one's own home without adminDav", owner: asker, adminDav: false, gives: all },
  { name: "somebody else's home", owner: other, gives: [C.readFreeBusy] },
  { name: "an administrator in another's home", admin: true, owner: other, gives: all },
  {
    name: "an administrator without adminDav",
    admin: true,
    adminDav: false,
    owner: other,
    gives: [C.readFreeBusy],
  },
  { name: "nobody's home", owner: null, gives: read },
  { name: "an administrator in nobody's home", admin: true, owner: null, gives: all },
  {
    name: "one's own principal",
    kind: "principal",
    owner: asker,
    gives: [...read, D.readAcl, D.writeProperties],
  },
  { name: "another principal", kind: "principal", owner: other, gives: read },
  {
    name: "an administrator on another principal",
    kind: "principal",
    admin: true,
    owner: other,
    gives: read,
  },
  { name: "nobody's principal", kind: "principal", owner: null, gives: read },
  { name: "a fixed collection", kind: "fixed", owner: null, gives: read },
  { name: "an administrator on a fixed one", kind: "fixed", admin: true, owner: null, gives: read },
];

for (const { name, kind = "tree", admin = false, owner, adminDav = true, gives } of cases) {
  Deno.test(`privileges: ${name}`, () => {
    const held = privilegesOn(kind, { ...asker, admin }, owner ?? undefined, { adminDav });
    assertEquals([...held], gives);
  });
}

Deno.test("every aggregate contains what RFC 3744 §3.12 and RFC 4791 §6.1.1 say", () => {
  assertEquals(namesIn(supportedPrivileges), all);
  assertEquals(namesIn(found(D.read)), read);
  const write = [D.write, D.writeProperties, D.writeContent, D.bind, D.unbind];
  assertEquals(namesIn(found(D.write)), write);
  for (const alone of [D.readAcl, D.writeAcl, D.unlock]) {
    assertEquals(namesIn(found(alone)), [alone]);
  }
});

Deno.test("every privilege is described, and none twice", () => {
  const rows = walk(supportedPrivileges);
  assertEquals(rows.filter(({ description }) => description === ""), []);
  assertEquals(new Set(rows.map(({ description }) => description)).size, rows.length);
  assertEquals(new Set(rows.map(({ name }) => name)).size, rows.length);
});

Deno.test("what is needed and not held is refused by name", () => {
  const held = privilegesOn("tree", { id: 1, admin: false }, other, { adminDav: true });
  requirePrivilege(held, C.readFreeBusy, "/dav/calendars/bob/calendar/");
  const refusal = assertThrows(
    () => requirePrivilege(held, D.bind, "/dav/calendars/bob/calendar/"),
    Refusal,
  );
  assertEquals(refusal.status, 403);
  assertEquals(refusal.precondition, D.needPrivileges);
  assertEquals(refusal.detail, { href: "/dav/calendars/bob/calendar/", names: [D.bind] });
});

const walk = (privilege: SupportedPrivilege): SupportedPrivilege[] => [
  privilege,
  ...privilege.contains.flatMap(walk),
];

const namesIn = (privilege: SupportedPrivilege): XmlName[] =>
  walk(privilege).map(({ name }) => name);

function found(wanted: XmlName): SupportedPrivilege {
  const [row] = walk(supportedPrivileges).filter(({ name }) => name === wanted);
  if (row === undefined) throw new Error(`no ${wanted}`);
  return row;
}
