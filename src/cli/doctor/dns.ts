import { type AddressFacts, type DnsFacts, serviceName } from "./discovery.ts";

/** Where names are looked up instead of where the system does. */
export interface NameServer {
  readonly ipAddr: string;
  readonly port: number;
}

/** Asks for the records of RFC 6764 §3 and §4. */
export async function askDns(
  url: URL,
  domain: string,
  nameServer?: NameServer,
): Promise<DnsFacts> {
  const name = `${serviceName(url, domain)}.`;
  const options = { nameServer, signal: AbortSignal.timeout(patienceMs) };
  try {
    const srv = await orNone(Deno.resolveDns(name, "SRV", options));
    const txt = await orNone(Deno.resolveDns(name, "TXT", options));
    return {
      domain,
      srv: srv.map(({ target, port }) => ({ target: target.replace(/\.$/, ""), port })),
      txt: txt.map((parts) => parts.join("")),
    };
  } catch (error) {
    return { domain, srv: [], txt: [], failure: reasonOf(error) };
  }
}

/** Asks for the addresses of a host. */
export async function askAddresses(
  { hostname }: URL,
  nameServer?: NameServer,
): Promise<AddressFacts> {
  const name = `${hostname.replace(/\.$/, "")}.`;
  const options = { nameServer, signal: AbortSignal.timeout(patienceMs) };
  try {
    const v4 = await orNone(Deno.resolveDns(name, "A", options));
    const v6 = await orNone(Deno.resolveDns(name, "AAAA", options));
    return { addresses: [...v4, ...v6] };
  } catch (error) {
    return { addresses: [], failure: reasonOf(error) };
  }
}

const reasonOf = (error: unknown): string => error instanceof Error ? error.message : String(error);

const patienceMs = 5_000;

async function orNone<T>(found: Promise<T[]>): Promise<T[]> {
  try {
    return await found;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}
