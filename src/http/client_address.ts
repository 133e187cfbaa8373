import ipaddr from "ipaddr.js";
import { limits } from "../limits.ts";
import { readPairs, splitOutsideQuotes } from "./lists.ts";

/** Who sent a request, as far as those on the way are believed. */
export interface Client {
  /** IP address in its short form; an IPv4 address mapped into IPv6 is IPv4. */
  readonly address: string;
  /** A believed proxy had it over https; whether we ourselves had is not known here. */
  readonly secure: boolean;
}

/**
 * Finds the client behind reverse proxies: the right-most address of `X-Forwarded-For` or
 * `Forwarded` (RFC 7239) that is not itself a proxy of ours, as all to the left of it may be made
 * up. A proxy writes one of the two headers and may pass the other one on as the client sent it: so
 * where both are there and disagree, none is believed.
 *
 * @param trustedProxies IP addresses and networks such as `10.0.0.0/8`.
 * @throws {Error} One of them is neither.
 */
export function clientFinder(
  trustedProxies: readonly string[],
): (peer: string, headers: Headers) => Client {
  const isTrusted = addressMatcher(trustedProxies);

  return (peer, headers) => {
    const direct = { address: peerAddress(peer), secure: false };
    if (!forwardingHeaders.some((name) => headers.has(name))) return direct;
    const [found = direct, ...others] = [xForwarded(headers), forwarded(headers)]
      .filter((hops) => hops.length > 0)
      .map((hops) => walkBack(direct, hops, isTrusted));
    const agreed = others.every((other) =>
      other.address === found.address && other.secure === found.secure
    );
    return agreed ? found : direct;
  };
}

const forwardingHeaders = ["X-Forwarded-For", "X-Forwarded-Proto", "Forwarded"];

/** As the runtime tells it, which is mostly the short form already. */
const peerAddress = (peer: string): string =>
  shortIPv4.test(peer) ? peer : readAddress(peer) ?? peer;
const shortIPv4 = /^(?:\d{1,3}\.){3}\d{1,3}$/;

/**
 * Whether it is said that the request came through proxies, and that is not believed: its address
 * is that of the last one on the way, who may well have passed it on for somebody else.
 */
export const isDoubtful = ({ address }: Client, peer: string, headers: Headers): boolean =>
  (headers.has("X-Forwarded-For") || headers.has("Forwarded")) &&
  address === peerAddress(peer);

/**
 * Tells the addresses that belong to one of the networks.
 *
 * @param networks IP addresses and networks such as `10.0.0.0/8`.
 * @throws {Error} One of them is neither.
 */
export function addressMatcher(networks: readonly string[]): (address: string) => boolean {
  const read = networks.map(readNetwork);
  return (address) => read.some((network) => holds(network, address));
}

/** Whether an address, in its short form, is of this machine itself (127.0.0.0/8, ::1). */
export const isLoopback = (address: string): boolean =>
  address === "::1" || /^(?:::ffff:)?127(?:\.\d{1,3}){3}$/.test(address);

/** What a proxy says of the one that it had the request from. */
interface Hop {
  /** Undefined where it does not say, or says something else than an address. */
  readonly address?: string;
  readonly secure: boolean;
}

type Network = readonly [ipaddr.IPv4 | ipaddr.IPv6, number];

function walkBack(
  peer: Client,
  hops: readonly Hop[],
  isTrusted: (address: string) => boolean,
): Client {
  let client = peer;
  for (const { address, secure } of hops.toReversed()) {
    if (!isTrusted(client.address)) break;
    client = { address: address ?? client.address, secure };
    if (address === undefined) break;
  }
  return client;
}

/** `X-Forwarded-Proto` may have one value for each hop, or one for all. */
function xForwarded(headers: Headers): Hop[] {
  const protocols = splitOutsideQuotes(headers.get("X-Forwarded-Proto") ?? "", ",");
  const addresses = nearest(headers.get("X-Forwarded-For"));
  if (addresses.length === 0) return protocols.slice(-1).map(hop.bind(undefined, undefined));
  return addresses.map((address, index) =>
    hop(address, protocols.at(index - addresses.length) ?? protocols[0])
  );
}

function forwarded(headers: Headers): Hop[] {
  return nearest(headers.get("Forwarded")).map((element) => {
    const pairs = readPairs(splitOutsideQuotes(element, ";"));
    return hop(pairs.get("for"), pairs.get("proto"));
  });
}

/** What is further to the left is looked at by nobody, and a client may write any number there. */
const nearest = (list: string | null): string[] =>
  splitOutsideQuotes(list ?? "", ",").slice(-limits.forwardedHops);

function hop(address: string | undefined, protocol: string | undefined): Hop {
  return {
    address: address === undefined ? undefined : readAddress(address),
    secure: protocol?.toLowerCase() === "https",
  };
}

/** Also with a port, and with brackets round IPv6. The short forms of IPv4 are none. */
function readAddress(text: string): string | undefined {
  const bare = text.replace(/^\[([^\]]*)\](?::\d+)?$|^([\d.]+):\d+$/, "$1$2");
  const isAddress = ipaddr.IPv4.isValidFourPartDecimal(bare) || ipaddr.IPv6.isValid(bare);
  return isAddress ? ipaddr.process(bare).toString() : undefined;
}

function readNetwork(text: string): Network {
  if (text.includes("/")) return ipaddr.parseCIDR(text);
  const address = ipaddr.process(text);
  return [address, address.toByteArray().length * 8];
}

function holds([network, bits]: Network, address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const ip = ipaddr.parse(address);
  return ip.kind() === network.kind() && ip.match(network, bits);
}
