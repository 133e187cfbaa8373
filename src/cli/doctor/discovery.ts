import { about, type Finding } from "./finding.ts";

const { ok, warning, problem } = about("discovery");

/** A record of type SRV (RFC 2782). */
export interface Srv {
  /** Without a dot at its end; empty: the service is not offered. */
  readonly target: string;
  readonly port: number;
}

/** What the DNS says of CalDAV at a domain. */
export interface DnsFacts {
  readonly domain: string;
  readonly srv: readonly Srv[];
  /** Of the same name, each as one text. */
  readonly txt: readonly string[];
  /** Why it could not be asked. */
  readonly failure?: string;
}

/** The name under which programs look for the server at a URL (RFC 6764 §3). */
export const serviceName = ({ protocol }: URL, domain: string): string =>
  `${protocol === "https:" ? "_caldavs" : "_caldav"}._tcp.${domain}`;

export const portOf = ({ protocol, port }: Pick<URL, "protocol" | "port">): number =>
  port === "" ? protocol === "https:" ? 443 : 80 : Number(port);

/** The records to set for a domain, as lines of a zone file (RFC 6764 §3, §4). */
export function records(url: URL, domain: string): readonly [string, ...string[]] {
  const name = serviceName(url, domain);
  return [
    `${name}. 3600 IN SRV 0 1 ${portOf(url)} ${url.hostname}.`,
    `${name}. 3600 IN TXT "path=${contextPath}"`,
  ];
}

/** Whether somebody who types an address of the domain gets to the URL. */
export function dnsFinding(url: URL, { domain, srv, txt, failure }: DnsFacts): Finding {
  const wanted = records(url, domain);
  if (failure !== undefined) {
    return warning(`the DNS of ${domain} can't be asked: ${failure}`, ...wanted);
  }
  const [first] = srv;
  if (first === undefined) {
    return warning(
      `the DNS does not lead from ${domain} to ${url.hostname}: people have to type that`,
      ...wanted,
    );
  }
  const here = ({ target, port }: Srv) =>
    target.toLowerCase() === url.hostname && port === portOf(url);
  const elsewhere = srv.find((one) => !here(one));
  if (elsewhere) {
    const { target, port } = elsewhere;
    const says = target === "" ? "says that there is no server" : `leads to ${target}:${port}`;
    return problem(`the DNS of ${domain} ${says}`, ...wanted);
  }
  const path = txt.map((text) => /^path=(.*)$/i.exec(text)?.[1]).find((one) => one !== undefined);
  if (path !== undefined && !goodPaths.includes(path)) {
    return problem(`the DNS of ${domain} names the path ${path}`, wanted[1] ?? "");
  }
  return ok(`the DNS leads from ${domain} to ${url.hostname}:${portOf(url)}`);
}

/** What the DNS says of where a host is. */
export interface AddressFacts {
  /** By records of type A and AAAA. */
  readonly addresses: readonly string[];
  /** Why it could not be asked. */
  readonly failure?: string;
}

/** Whether the URL's host can be found; `reached`: it was, perhaps by this machine's own list. */
export function addressFinding(
  { hostname }: URL,
  { addresses, failure }: AddressFacts,
  reached: boolean,
): Finding {
  const wanted = [
    `${hostname}. 3600 IN A …   # the server's address, or the proxy's, as people reach it`,
    `${hostname}. 3600 IN AAAA …   # and its IPv6 address, where it has one`,
  ] as const;
  if (addresses.length > 0) return ok(`${hostname} is at ${addresses.join(", ")}`);
  const report = reached ? warning : problem;
  return failure === undefined
    ? report(`the DNS has no address of ${hostname}, neither A nor AAAA`, ...wanted)
    : warning(`the DNS can't be asked for the address of ${hostname}: ${failure}`, ...wanted);
}

const contextPath = "/dav/";

/** The first is ours, and the others redirect to it. */
const goodPaths: readonly string[] = [contextPath, "/dav", "/", "/.well-known/caldav"];

/** How `/.well-known/caldav` is answered (RFC 6764 §5). */
export interface WellKnown {
  /** Or why there was no answer. */
  readonly status: number | string;
  readonly location?: string;
}

export function wellKnownFinding(url: URL, { status, location }: WellKnown): Finding {
  const wanted = new URL(contextPath, url).href;
  const mend = "/.well-known/caldav   # let the proxy pass it to davit as it is";
  const redirects = typeof status === "number" && status >= 300 && status <= 399;
  if (!redirects || location === undefined) {
    return problem(
      `/.well-known/caldav is answered with ${status}: no redirect to ${wanted}`,
      mend,
    );
  }
  const leads = URL.parse(location, new URL(wellKnownPath, url))?.href ?? location;
  if (leads === wanted) return ok(`/.well-known/caldav leads to ${wanted}`);
  return problem(`/.well-known/caldav leads to ${leads}, not to ${wanted}`, mend);
}

export const wellKnownPath = "/.well-known/caldav";

/**
 * The domains from which people come: as asked for, else those of their mail addresses, else that of
 * which the host is a part.
 */
export function domainsOf(
  url: URL,
  asked: string | undefined,
  ofAccounts: readonly string[],
): readonly string[] {
  if (asked !== undefined) return [asked];
  if (isAddress(url.hostname) || !url.hostname.includes(".")) return [];
  if (ofAccounts.length > 0) return ofAccounts;
  const labels = url.hostname.split(".");
  return [labels.length > 2 ? labels.slice(1).join(".") : url.hostname];
}

/** Whether it is the DNS that knows where the host is: others are addresses, or of this network. */
export const isInDns = ({ hostname }: URL): boolean =>
  !isAddress(hostname) && hostname.includes(".") &&
  !/\.(?:local|localhost|internal)$/.test(hostname);

const isAddress = (hostname: string): boolean => /^\[|^[\d.]+$/.test(hostname);
