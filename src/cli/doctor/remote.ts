import { handshakeFinding, validityFinding } from "./tls.ts";
import { askCertificate } from "./certificate.ts";
import { clockFinding } from "./clock.ts";
import {
  addressFinding,
  dnsFinding,
  domainsOf,
  isInDns,
  portOf,
  type WellKnown,
  wellKnownFinding,
  wellKnownPath,
} from "./discovery.ts";
import { askAddresses, askDns, type NameServer } from "./dns.ts";
import type { Finding } from "./finding.ts";
import { logInFindings, notTried, takeSteps } from "./log_in.ts";
import { type Ask, createProber, type Outcome, type Prober } from "./probe.ts";
import { bodyFinding, methodsFinding, pathsFinding, reachedFinding } from "./proxy.ts";

/** What is looked at from outside. */
export interface Remote {
  readonly url: URL;
  /** From which people come; undefined: those of the accounts. */
  readonly domain?: string;
  readonly domainsOfAccounts: readonly string[];
  readonly nameServer?: NameServer;
  /** How long before its end a certificate is to be renewed. */
  readonly days: number;
  readonly methods: readonly string[];
  /** The largest body that is tried. */
  readonly bodyBytes: number;
  /** Of somebody, for what can't be tried without. */
  readonly logIn?: { readonly name: string; readonly password: string };
}

/** Goes the way that programs go, from the DNS to davit. */
export async function* remoteFindings(remote: Remote): AsyncGenerator<Finding, void, void> {
  const { url } = remote;
  for (const domain of domainsOf(url, remote.domain, remote.domainsOfAccounts)) {
    yield dnsFinding(url, await askDns(url, domain, remote.nameServer));
  }
  using prober = createProber(url);
  const first = await prober.ask(xml("GET"));
  if (isInDns(url)) {
    const found = await askAddresses(url, remote.nameServer);
    yield addressFinding(url, found, first.kind === "answer");
  }
  const fault = first.kind === "failure" ? handshakeFinding(url.host, first.reason) : undefined;
  if (url.protocol === "https:" && (fault || first.kind === "answer")) {
    yield fault ?? await certificateFinding(remote);
  }
  if (fault) return;
  const outcomes = new Map<string, Outcome>();
  if (first.kind === "answer") {
    for (const method of remote.methods) outcomes.set(method, await prober.ask(xml(method)));
  }
  const best = [...outcomes.values()].find((one) => one.kind === "answer" && one.ours) ?? first;
  const reached = reachedFinding(url, best);
  yield reached;
  if (best.kind === "failure" || reached.level === "problem") return;
  yield methodsFinding(outcomes);
  yield* clockFindings(best, url);
  yield* wayFindings(remote, prober);
  if (remote.logIn) yield* personFindings(remote, prober, remote.logIn);
  else yield* strangerFindings(remote, prober);
}

const certificateFinding = async ({ url, days }: Remote): Promise<Finding> => {
  const hostname = url.hostname.replace(/^\[(.*)\]$/, "$1");
  const facts = await askCertificate(hostname, portOf(url)).catch(() => undefined);
  return validityFinding({ of: url.host, endsMs: facts?.endsMs }, Date.now(), days);
};

function* clockFindings(
  { headers, sentMs, comeMs }: Extract<Outcome, { kind: "answer" }>,
  { host }: URL,
): Generator<Finding, void, void> {
  const date = Date.parse(headers.get("date") ?? "");
  if (Number.isNaN(date)) return;
  // It is cut to whole seconds.
  const aheadMs = date + 500 - (sentMs + comeMs) / 2;
  yield clockFinding({ of: host, aheadMs, withinMs: 500 + (comeMs - sentMs) / 2 });
}

async function* wayFindings(
  { url }: Remote,
  prober: Prober,
): AsyncGenerator<Finding, void, void> {
  const wellKnown = await prober.ask({ method: "PROPFIND", path: wellKnownPath });
  yield wellKnownFinding(url, asWellKnown(wellKnown));

  const users = "/dav/principals/users";
  yield pathsFinding({
    slash: await prober.ask({ method: "PROPFIND", path: `${users}/davit%2Fdoctor/` }),
    broken: await prober.ask({ method: "PROPFIND", path: `${users}/davit%FFdoctor/` }),
  });
}

async function* strangerFindings(
  { bodyBytes }: Remote,
  prober: Prober,
): AsyncGenerator<Finding, void, void> {
  const body = new Uint8Array(bodyBytes).fill(0x20);
  const path = "/dav/calendars/davit-doctor/davit-doctor/davit-doctor.ics";
  yield bodyFinding(await prober.ask({ method: "PUT", path, body }), bodyBytes);
  yield notTried;
}

const asWellKnown = (outcome: Outcome): WellKnown =>
  outcome.kind === "failure"
    ? { status: outcome.reason }
    : { status: outcome.status, location: outcome.headers.get("location") ?? undefined };

async function* personFindings(
  { url: { origin }, bodyBytes }: Remote,
  prober: Prober,
  { name, password }: { readonly name: string; readonly password: string },
): AsyncGenerator<Finding, void, void> {
  const steps = await takeSteps(prober.ask, {
    bodyBytes,
    origin,
    authorization: basic(name, password),
    name,
    file: `davit-doctor-${crypto.randomUUID()}`,
  });
  yield* logInFindings(steps, bodyBytes);
}

function basic(name: string, password: string): string {
  const bytes = new TextEncoder().encode(`${name}:${password}`);
  return `Basic ${btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""))}`;
}

/** With a body where the method may have one: there are those on the way who drop it. */
const xml = (method: string): Ask => ({
  method,
  path: "/dav/",
  headers: { depth: "0", "content-type": "application/xml; charset=utf-8" },
  ...(["GET", "HEAD", "DELETE", "OPTIONS"].includes(method) ? {} : { body: xmlBody }),
});

const xmlBody = '<?xml version="1.0" encoding="utf-8"?><x xmlns="urn:x-davit"/>';
