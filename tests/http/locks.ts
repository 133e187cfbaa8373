import { assertEquals } from "@std/assert";
import { D, type XmlName } from "../../src/xml/names.ts";
import { childNamed, childrenNamed, elementsOf, hrefTextOf, textOf } from "../../src/xml/tree.ts";
import type { XmlElement } from "../../src/xml/tree.ts";
import { type Ask, type House, multistatusOf, xmlOf } from "../harness.ts";

/** Of alice's files. */
export const home = "/dav/files/alice/";

/** The body of LOCK; the scope is `shared` or `exclusive`. */
export const lockinfo = (scope: string, owner = "<owner>me</owner>") =>
  `<lockinfo xmlns="DAV:"><lockscope><${scope}/></lockscope><locktype><write/></locktype>` +
  `${owner}</lockinfo>`;

/** A lock as LOCK answers it. */
export interface Taken {
  readonly token: string;
  readonly response: Response;
  readonly active: XmlElement;
}

/** Takes a lock, and fails where it is refused. */
export async function take(
  house: House,
  path: string,
  ask: Ask & { scope?: string } = {},
): Promise<Taken> {
  const body = lockinfo(ask.scope ?? "exclusive");
  const response = await house.ask("LOCK", home + path, { body, ...ask });
  assertEquals([200, 201].includes(response.status), true, `LOCK ${path}: ${response.status}`);
  const token = /^<(.*)>$/.exec(response.headers.get("lock-token") ?? "")?.[1] ?? "";
  return { token, response, active: await activeIn(response) };
}

/** DAV:activelock of an answer to LOCK. */
export async function activeIn(response: Response): Promise<XmlElement> {
  const discovery = childNamed(await xmlOf(response), D.lockdiscovery);
  const active = discovery && childNamed(discovery, D.activelock);
  if (!active) throw new Error("there is no DAV:activelock");
  return active;
}

/** What an activelock says. */
export const said = (active: XmlElement) => {
  const inner = (name: XmlName) => childNamed(active, name);
  const href = (name: XmlName) => {
    const element = childNamed(inner(name) ?? active, D.href);
    return element && hrefTextOf(element);
  };
  const scope = elementsOf(inner(D.lockscope) ?? active)[0]?.name;
  const text = (name: XmlName) => textOf(inner(name) ?? active);
  return {
    scope,
    depth: text(D.depth),
    timeout: text(D.timeout),
    token: href(D.locktoken),
    root: href(D.lockroot),
    owner: text(D.owner),
  };
};

/** Tokens on a resource, as DAV:lockdiscovery tells. */
export async function tokensOn(house: House, path: string): Promise<string[]> {
  const body = `<propfind xmlns="DAV:"><prop><lockdiscovery/></prop></propfind>`;
  const headers = { depth: "0" };
  const { responses: [found] } = await multistatusOf(
    await house.ask("PROPFIND", home + path, { headers, body }),
  );
  const discovery = found?.prop(D.lockdiscovery);
  return childrenNamed(discovery ?? elementNone, D.activelock)
    .map((active) => said(active).token ?? "");
}

const elementNone: XmlElement = { name: D.prop, attributes: {}, children: [] };

/** The status alone; the path is one below the home. */
export async function status(
  house: House,
  method: string,
  path: string,
  ask: Ask = {},
): Promise<number> {
  const response = await house.ask(method, home + path, ask);
  await response.body?.cancel();
  return response.status;
}

/** The same request with an `If` header. */
export const withIf = (value: string, more: Ask = {}): Ask => ({
  ...more,
  headers: { ...more.headers, if: value },
});
