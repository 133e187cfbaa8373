import { assertEquals } from "@std/assert";
import type { XmlName } from "../../src/xml/names.ts";
import { el, type XmlElement } from "../../src/xml/tree.ts";
import { documentXml } from "../../src/xml/write.ts";
import { basic, type House, type Multistatus, multistatusOf } from "../harness.ts";
import { multiget, propfind, proppatch, query, syncCollection } from "./bodies.ts";

/** How a client program speaks. */
export interface Manner {
  /** Sent with every request. */
  readonly headers: Readonly<Record<string, string>>;
  /** Content-Type of XML, `text/xml` where it is left out. */
  readonly xmlType?: string;
  /** Content-Type of calendar objects, `text/calendar` where it is left out. */
  readonly itemType?: string;
  /** Writes XML in the program's own style; without it, all prefixes are declared on the root. */
  readonly xml?: (root: XmlElement) => string;
  /** Whether each request goes first without credentials, to be told that some are needed. */
  readonly challenged?: boolean;
}

export interface Sent {
  readonly depth?: "0" | "1" | "infinity";
  /** XML, or a calendar object. */
  readonly body?: XmlElement | string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Somebody's client program at a house. */
export interface Client {
  /** Any request; a string is sent as a calendar object, unless a header says otherwise. */
  ask(method: string, path: string, sent?: Sent): Promise<Response>;
  propfind(path: string, depth: "0" | "1", ...names: readonly XmlName[]): Promise<Multistatus>;
  proppatch(path: string, ...properties: readonly XmlElement[]): Promise<Response>;
  /** sync-collection as newer programs send it; without a token, for all members. */
  sync(path: string, token?: string, ...names: readonly XmlName[]): Promise<Multistatus>;
  multiget(path: string, hrefs: readonly string[], ...names: readonly XmlName[]): Promise<
    Multistatus
  >;
  /** calendar-query for the objects that meet a filter in that for VCALENDAR. */
  query(
    path: string,
    depth: "0" | "1",
    names: readonly XmlName[],
    ...filters: readonly XmlElement[]
  ): Promise<Multistatus>;
  put(path: string, item: string, headers?: Readonly<Record<string, string>>): Promise<Response>;
}

/** Who uses it: their name is their password, too. */
export interface User {
  readonly name?: string;
  /** What they type for their name. */
  readonly login?: string;
}

export function clientAt(house: House, manner: Manner, user: User = {}): Client {
  const { name = "alice", login = name } = user;
  const { xmlType = "text/xml", itemType = "text/calendar", xml = documentXml } = manner;

  const ask: Client["ask"] = async (method, path, { depth, body, headers } = {}) => {
    const type = typeof body === "string" ? itemType : xmlType;
    const ask = {
      as: null,
      headers: {
        ...manner.headers,
        ...(depth === undefined ? {} : { depth }),
        ...(body === undefined ? {} : { "content-type": type }),
        ...headers,
      },
      body: typeof body === "object" ? xml(body) : body,
    };
    if (manner.challenged) {
      const challenge = await house.ask(method, path, ask);
      assertEquals(challenge.status, 401, `${method} ${path} without credentials`);
    }
    const authorization = basic(login, name);
    return await house.ask(method, path, { ...ask, headers: { ...ask.headers, authorization } });
  };

  return {
    ask,
    propfind: async (path, depth, ...names) =>
      multistatusOf(await ask("PROPFIND", path, { depth, body: propfind(...names) })),
    proppatch: (path, ...properties) => ask("PROPPATCH", path, { body: proppatch(...properties) }),
    sync: async (path, token = "", ...names) =>
      multistatusOf(
        await ask("REPORT", path, { depth: "1", body: syncCollection(token, { names }) }),
      ),
    multiget: async (path, hrefs, ...names) =>
      multistatusOf(await ask("REPORT", path, { body: multiget(hrefs, names) })),
    query: async (path, depth, names, ...filters) => {
      const body = query(names.map((name) => el(name)), ...filters);
      return await multistatusOf(await ask("REPORT", path, { depth, body }));
    },
    put: (path, item, headers) => ask("PUT", path, { body: item, headers }),
  };
}
