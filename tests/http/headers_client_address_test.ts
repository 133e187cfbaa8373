import { assertEquals, assertThrows } from "@std/assert";
import { type Client, clientFinder, isLoopback } from "../../src/http/client_address.ts";

const find = clientFinder(["10.0.0.0/8", "192.0.2.1", "fd00::/8"]);

interface Case {
  readonly name: string;
  readonly peer?: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly gives: Client;
}

const proxy = "10.1.2.3";
const client = "198.51.100.7";

const cases: readonly Case[] = [
  { name: "no proxy", peer: client, headers: {}, gives: { address: client, secure: false } },
  {
    name: "a client that makes up a proxy",
    peer: client,
    headers: { "X-Forwarded-For": "203.0.113.1", "X-Forwarded-Proto": "https" },
    gives: { address: client, secure: false },
  },
  {
    name: "a proxy that says nothing",
    headers: {},
    gives: { address: proxy, secure: false },
  },
  {
    name: "one proxy",
    headers: { "X-Forwarded-For": client, "X-Forwarded-Proto": "https" },
    gives: { address: client, secure: true },
  },
  {
    name: "a client that makes up thousands before itself",
    headers: { "X-Forwarded-For": `${"203.0.113.1, ".repeat(4000)}${client}` },
    gives: { address: client, secure: false },
  },
  {
    name: "a client that makes up a client before itself",
    headers: {
      "X-Forwarded-For": `127.0.0.1, 203.0.113.1, ${client}`,
      "X-Forwarded-Proto": "HTTPS",
    },
    gives: { address: client, secure: true },
  },
  {
    name: "two proxies, one protocol",
    headers: { "X-Forwarded-For": `${client}, 192.0.2.1`, "X-Forwarded-Proto": "https" },
    gives: { address: client, secure: true },
  },
  {
    name: "two proxies, a protocol for each",
    headers: { "X-Forwarded-For": `${client}, 192.0.2.1`, "X-Forwarded-Proto": "https, http" },
    gives: { address: client, secure: true },
  },
  {
    name: "two proxies, plain before the first",
    headers: { "X-Forwarded-For": `${client}, 192.0.2.1`, "X-Forwarded-Proto": "http, https" },
    gives: { address: client, secure: false },
  },
  {
    name: "a client that makes up a protocol",
    headers: { "X-Forwarded-For": `1.1.1.1, ${client}`, "X-Forwarded-Proto": "https, http" },
    gives: { address: client, secure: false },
  },
  {
    name: "all are proxies",
    headers: { "X-Forwarded-For": "10.9.9.9, 192.0.2.1" },
    gives: { address: "10.9.9.9", secure: false },
  },
  {
    name: "protocol without address",
    headers: { "X-Forwarded-Proto": "https" },
    gives: { address: proxy, secure: true },
  },
  {
    name: "what is no address hides what is before it",
    headers: { "X-Forwarded-For": `${client}, unknown` },
    gives: { address: proxy, secure: false },
  },
  {
    name: "a short form of an address",
    headers: { "X-Forwarded-For": "127.1" },
    gives: { address: proxy, secure: false },
  },
  {
    name: "a port",
    headers: { "X-Forwarded-For": `${client}:4711` },
    gives: { address: client, secure: false },
  },
  {
    name: "IPv6",
    peer: "fd00::1",
    headers: { "X-Forwarded-For": "2001:DB8:0:0::7" },
    gives: { address: "2001:db8::7", secure: false },
  },
  {
    name: "IPv4 mapped into IPv6",
    peer: "::ffff:10.1.2.3",
    headers: { "X-Forwarded-For": `::ffff:${client}` },
    gives: { address: client, secure: false },
  },
  {
    name: "Forwarded",
    headers: { Forwarded: `For="[2001:db8::7]:4711";Proto=https;by=10.1.2.3` },
    gives: { address: "2001:db8::7", secure: true },
  },
  {
    name: "Forwarded by two",
    headers: { Forwarded: `for=1.1.1.1;proto=http, for=${client};proto=https, for="192.0.2.1:80"` },
    gives: { address: client, secure: true },
  },
  {
    name: "Forwarded that hides the client",
    headers: { Forwarded: `for=_hidden;proto=https` },
    gives: { address: proxy, secure: true },
  },
  {
    name: "both headers, and they agree",
    headers: {
      "Forwarded": `for=${client};proto=https`,
      "X-Forwarded-For": client,
      "X-Forwarded-Proto": "https",
    },
    gives: { address: client, secure: true },
  },
  {
    name: "both headers: one is the client's own",
    headers: { "Forwarded": "for=127.0.0.1;proto=https", "X-Forwarded-For": client },
    gives: { address: proxy, secure: false },
  },
  {
    name: "a peer without address",
    peer: "",
    headers: { "X-Forwarded-For": client },
    gives: { address: "", secure: false },
  },
];

for (const { name, peer = proxy, headers, gives } of cases) {
  Deno.test(`client: ${name}`, () => assertEquals(find(peer, new Headers(headers)), gives));
}

Deno.test("client: a proxy that is none is refused at once", () => {
  assertThrows(() => clientFinder(["10.0.0.0/8", "proxy.example.test"]), Error);
  assertThrows(() => clientFinder(["10.0.0.0/33"]), Error);
});

const addresses: Readonly<Record<string, boolean>> = {
  "127.0.0.1": true,
  "127.8.9.1": true,
  "::1": true,
  "::ffff:127.0.0.1": true,
  "10.0.0.1": false,
  "::2": false,
  "0.0.0.0": false,
  "localhost": false,
  "": false,
};

for (const [address, gives] of Object.entries(addresses)) {
  Deno.test(`isLoopback: ${address}`, () => assertEquals(isLoopback(address), gives));
}
