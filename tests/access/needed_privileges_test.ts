import { assert, assertEquals } from "@std/assert";
import { type GuardedMethod, neededPrivileges } from "../../src/access/needed_privileges.ts";
import { privilegesOn } from "../../src/access/privileges.ts";

// RFC 3744 Appendix B, as a reader of it writes it down: "privilege on what".
const appendixB: Record<GuardedMethod, readonly [existing: string, missing: string]> = {
  OPTIONS: ["read on resource", "read on resource"],
  GET: ["read on resource", "read on resource"],
  HEAD: ["read on resource", "read on resource"],
  PROPFIND: ["read on resource", "read on resource"],
  REPORT: ["read on resource", "read on resource"],
  PUT: ["write-content on resource", "bind on parent"],
  POST: ["write-content on resource", "bind on parent"],
  PROPPATCH: ["write-properties on resource", "write-properties on resource"],
  MKCOL: ["bind on parent", "bind on parent"],
  MKCALENDAR: ["bind on parent", "bind on parent"],
  DELETE: ["unbind on parent", "unbind on parent"],
  COPY: [
    "read on resource, write-content on destination, write-properties on destination",
    "read on resource, bind on destination-parent",
  ],
  MOVE: [
    "unbind on parent, bind on destination-parent, unbind on destination-parent",
    "unbind on parent, bind on destination-parent",
  ],
  LOCK: ["write-content on resource", "bind on parent"],
  UNLOCK: ["unlock on resource", "unlock on resource"],
  ACL: ["write-acl on resource", "write-acl on resource"],
};

for (const [method, [existing, missing]] of Object.entries(appendixB)) {
  Deno.test(`${method} needs ${existing}; of what is not there ${missing}`, () => {
    const needs = neededPrivileges[method as GuardedMethod];
    const told = [needs.existing, needs.missing].map((list) =>
      list.map(({ on, privilege }) => `${privilege.replace("{DAV:}", "")} on ${on}`).join(", ")
    );
    assertEquals(told, [existing, missing]);
  });
}

interface Case {
  readonly what: string;
  readonly method: GuardedMethod;
  /** Whose home or principal it is; the asker has the id 1. */
  readonly owner: number;
  readonly kind: "tree" | "principal";
  /** Whether what holds it is one of the fixed collections. */
  readonly top?: boolean;
  readonly may: boolean;
}

const cases: Case[] = [
  { what: "deletes a calendar of one's own", method: "DELETE", kind: "tree", owner: 1, may: true },
  {
    what: "deletes the home itself",
    method: "DELETE",
    kind: "tree",
    owner: 1,
    top: true,
    may: false,
  },
  { what: "makes a second home", method: "MKCOL", kind: "tree", owner: 1, top: true, may: false },
  { what: "writes an event of another", method: "PUT", kind: "tree", owner: 2, may: false },
  { what: "reads an event of another", method: "GET", kind: "tree", owner: 2, may: false },
  {
    what: "sets a property of one's own principal",
    method: "PROPPATCH",
    kind: "principal",
    owner: 1,
    top: true,
    may: true,
  },
  {
    what: "sets a property of another principal",
    method: "PROPPATCH",
    kind: "principal",
    owner: 2,
    top: true,
    may: false,
  },
  {
    what: "deletes one's own principal",
    method: "DELETE",
    kind: "principal",
    owner: 1,
    top: true,
    may: false,
  },
];

for (const { what, method, owner, kind, top = false, may } of cases) {
  Deno.test(`${may ? "one" : "nobody"} ${what}`, () => {
    const asker = { id: 1, admin: false };
    const privileges = (where: "fixed" | "tree" | "principal") =>
      privilegesOn(where, asker, { id: owner }, { adminDav: true });
    const held = neededPrivileges[method].existing.map(({ on, privilege }) => {
      assert(on === "resource" || on === "parent");
      return privileges(on === "parent" && top ? "fixed" : kind).has(privilege);
    });
    assertEquals(held.every(Boolean), may);
  });
}
