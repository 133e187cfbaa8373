import { D, type XmlName } from "../xml/names.ts";

/** A privilege, and on what it is needed: the request's resource, or what Destination names. */
export interface Need {
  readonly on: "resource" | "parent" | "destination" | "destination-parent";
  readonly privilege: XmlName;
}

/** What a method needs, by whether the resource that it would write is there. */
export interface Needs {
  readonly existing: readonly Need[];
  readonly missing: readonly Need[];
}

/**
 * The privileges of each method (RFC 3744 Appendix B; RFC 4791 §5.3.1 and RFC 5689 §3 need what MKCOL
 * needs). COPY and MOVE go by whether the destination is there, all others by the request's resource.
 * A report that needs another privilege than DAV:read says so itself.
 */
export const neededPrivileges = {
  OPTIONS: always("resource", D.read),
  GET: always("resource", D.read),
  HEAD: always("resource", D.read),
  PROPFIND: always("resource", D.read),
  REPORT: always("resource", D.read),
  PUT: {
    existing: [{ on: "resource", privilege: D.writeContent }],
    missing: [{ on: "parent", privilege: D.bind }],
  },
  POST: {
    existing: [{ on: "resource", privilege: D.writeContent }],
    missing: [{ on: "parent", privilege: D.bind }], // RFC 5995 §3.1
  },
  PROPPATCH: always("resource", D.writeProperties),
  MKCOL: always("parent", D.bind),
  MKCALENDAR: always("parent", D.bind),
  DELETE: always("parent", D.unbind),
  COPY: {
    existing: [
      { on: "resource", privilege: D.read },
      { on: "destination", privilege: D.writeContent },
      { on: "destination", privilege: D.writeProperties },
    ],
    missing: [
      { on: "resource", privilege: D.read },
      { on: "destination-parent", privilege: D.bind },
    ],
  },
  MOVE: {
    existing: [
      { on: "parent", privilege: D.unbind },
      { on: "destination-parent", privilege: D.bind },
      { on: "destination-parent", privilege: D.unbind },
    ],
    missing: [
      { on: "parent", privilege: D.unbind },
      { on: "destination-parent", privilege: D.bind },
    ],
  },
  LOCK: {
    existing: [{ on: "resource", privilege: D.writeContent }],
    missing: [{ on: "parent", privilege: D.bind }],
  },
  // Whoever made the lock needs none (RFC 3744 §3.5).
  UNLOCK: always("resource", D.unlock),
  ACL: always("resource", D.writeAcl),
} satisfies Record<string, Needs>;

export type GuardedMethod = keyof typeof neededPrivileges;

function always(on: Need["on"], privilege: XmlName): Needs {
  return { existing: [{ on, privilege }], missing: [{ on, privilege }] };
}
