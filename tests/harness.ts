import { hashPassword } from "../src/access/passwords.ts";
import { displayKey, foldName } from "../src/access/names.ts";
import { createApp } from "../src/app.ts";
import { provision } from "../src/calendar/provision.ts";
import { type Config, readConfig } from "../src/config.ts";
import { limits } from "../src/limits.ts";
import type { Change } from "../src/change.ts";
import type { PrincipalKind } from "../src/model.ts";
import { type Log, random, type Services } from "../src/services.ts";
import type { Executor } from "../src/store/executor.ts";
import { fileExecutor } from "../src/store/file.ts";
import { openStore } from "../src/store/libsql_store.ts";
import type { Store } from "../src/store/store.ts";
import { readXml } from "../src/xml/read.ts";
import { D, type XmlName } from "../src/xml/names.ts";
import {
  childNamed,
  childrenNamed,
  elementsOf,
  hrefTextOf,
  textOf,
  type XmlElement,
} from "../src/xml/tree.ts";

/** A person of the tests; the password is the name. */
export interface Person {
  readonly name: string;
  readonly kind?: PrincipalKind;
  readonly emails?: readonly string[];
  readonly displayName?: string;
  readonly admin?: boolean;
}

/** What a request of a test may say. */
export interface Ask {
  /** Whose name and password it bears; without it `alice`; null: no credentials. */
  readonly as?: string | null;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: BodyInit;
  /** Address of the peer; without it, this machine. */
  readonly from?: string;
}

/** The app on a real database in a folder of its own. */
export interface House extends AsyncDisposable {
  readonly services: Services;
  readonly store: Store;
  /** Of the database, for who opens it beside the app. */
  readonly file: string;
  /** Through `app.fetch`. */
  ask(method: string, path: string, ask?: Ask): Promise<Response>;
  /** Lines of the log. */
  readonly lines: readonly { readonly level: string; readonly event: string }[];
}

/** Cheap enough for hundreds of accounts. */
const passwordCost = 4;

const everybody: readonly Person[] = [
  { name: "alice" },
  { name: "bob" },
  { name: "root", admin: true },
  { name: "carol@example.test", emails: ["carol@mail.test"] },
  { name: "Jürgen Müller", emails: ["juergen@example.test"] },
];

export async function openHouse(
  { people = everybody, settings = {}, executor, clock = Date.now, maxPages, inside }: {
    readonly people?: readonly Person[];
    readonly settings?: Partial<Config>;
    /** Wraps the way to the database, to count or to disturb. */
    readonly executor?: (real: Executor) => Executor;
    readonly clock?: () => number;
    /** Of the database: more is as if the disk were full. */
    readonly maxPages?: number;
    /** The folder in which its own one is made. */
    readonly inside?: string;
  } = {},
): Promise<House> {
  const folder = await Deno.makeTempDir({ dir: inside, prefix: "davit-test-" });
  const file = `${folder}/davit.db`;
  const real = fileExecutor(file, { maxPages });
  const store = await openStore(executor ? executor(real) : real);
  const lines: { level: string; event: string }[] = [];
  const log: Log = (level, event, fields) => lines.push({ level, event, ...fields });
  const config: Config = { ...readConfig({ env: {} }), passwordCost, ...settings };
  const services: Services = { store, config, log, clock, random };
  await store.commit([], (await Promise.all(people.map(accountOf))).flat());
  const app = createApp(services);
  return {
    services,
    store,
    file,
    lines,
    async ask(method, path, { as = "alice", headers = {}, body, from = "127.0.0.1" } = {}) {
      const credentials: Record<string, string> = as === null
        ? {}
        : { authorization: basic(as, as) };
      const request = new Request(`http://localhost${path}`, {
        method,
        headers: { ...credentials, ...headers },
        body,
        redirect: "manual",
      });
      return await app.fetch(request, { remoteAddress: from });
    },
    async [Symbol.asyncDispose]() {
      store.close();
      await Deno.remove(folder, { recursive: true });
    },
  };
}

async function accountOf(person: Person): Promise<Change[]> {
  const { name, kind = "individual", admin = false, displayName = name } = person;
  const { emails = [`${foldName(name).replaceAll(/[^a-z0-9]/g, "")}@example.test`] } = person;
  const id = random.id();
  const created = Date.UTC(2026, 0, 1);
  const principal = { id, kind, name, displayName, admin, disabled: false };
  return [
    {
      kind: "make-principal",
      principal,
      nameKey: foldName(name),
      displayKey: displayKey(displayName),
      created,
    },
    { kind: "set-addresses", principalId: id, addresses: emails },
    ...(kind === "group" ? [] : [
      {
        kind: "set-password",
        principalId: id,
        hash: await hashPassword(name, passwordCost),
        created,
      } as const,
    ]),
    ...provision({ id, kind }, random.id, created),
  ];
}

export function basic(name: string, password: string): string {
  const bytes = new TextEncoder().encode(`${name}:${password}`);
  return `Basic ${btoa(String.fromCharCode(...bytes))}`;
}

/** One DAV:response of a multistatus. */
export interface Found {
  readonly href: string;
  /** Of the response as a whole. */
  readonly status?: number;
  readonly error?: XmlElement;
  /** How many propstats there are, by status. */
  readonly propstats: readonly number[];
  /** Of all properties that are told, with whatever status. */
  readonly names: readonly XmlName[];
  /** Status of a property; undefined where it is not told. */
  statusOf(name: XmlName): number | undefined;
  /** The property's element, with status 200. */
  prop(name: XmlName): XmlElement | undefined;
  /** Its text, trimmed. */
  text(name: XmlName): string | undefined;
  /** Its DAV:href children. */
  hrefs(name: XmlName): string[];
}

export interface Multistatus {
  readonly responses: readonly Found[];
  at(href: string): Found | undefined;
  readonly hrefs: readonly string[];
  readonly syncToken?: string;
}

/** The XML of an answer, which may be larger than a request. */
export async function xmlOf(response: Response): Promise<XmlElement> {
  const bytes = new Uint8Array(await response.arrayBuffer());
  return readXml(bytes, { ...limits, xmlNodes: Infinity });
}

/** Reads a 207, and fails on any other status. */
export async function multistatusOf(response: Response): Promise<Multistatus> {
  if (response.status !== 207) {
    throw new Error(`207 expected, not ${response.status}: ${await response.text()}`);
  }
  const root = await xmlOf(response);
  const responses = childrenNamed(root, D.response).map(foundIn);
  const token = childNamed(root, D.syncToken);
  return {
    responses,
    at: (href) => responses.find((one) => one.href === href),
    hrefs: responses.map(({ href }) => href),
    syncToken: token && textOf(token),
  };
}

/** The precondition in a DAV:error, as its expanded name; undefined where there is none. */
export async function preconditionOf(response: Response): Promise<XmlName | undefined> {
  const type = response.headers.get("content-type") ?? "";
  if (!type.includes("xml")) {
    await response.body?.cancel();
    return undefined;
  }
  const root = await xmlOf(response);
  if (root.name !== D.error) return undefined;
  return elementsOf(root).find(({ name }) => name !== D.responsedescription)?.name;
}

function foundIn(element: XmlElement): Found {
  const propstats = childrenNamed(element, D.propstat).map((propstat) => ({
    status: statusIn(propstat) ?? 0,
    props: elementsOf(childNamed(propstat, D.prop) ?? propstat),
  }));
  const find = (name: XmlName) => propstats.find(({ props }) => props.some((p) => p.name === name));
  const prop = (name: XmlName) => {
    const found = find(name);
    return found?.status === 200 ? found.props.find((one) => one.name === name) : undefined;
  };
  const href = childNamed(element, D.href);
  return {
    href: href ? hrefTextOf(href) : "",
    status: statusIn(element),
    error: childNamed(element, D.error),
    propstats: propstats.map(({ status }) => status),
    names: propstats.flatMap(({ props }) => props.map(({ name }) => name)),
    statusOf: (name) => find(name)?.status,
    prop,
    text(name) {
      const found = prop(name);
      return found && textOf(found).trim();
    },
    hrefs(name) {
      const found = prop(name);
      return found ? childrenNamed(found, D.href).map(hrefTextOf) : [];
    },
  };
}

function statusIn(element: XmlElement): number | undefined {
  const status = childNamed(element, D.status);
  return status && Number(/^HTTP\/1\.1 (\d{3}) /.exec(textOf(status))?.[1]);
}
