import { assertEquals } from "@std/assert";
import { openHouse } from "../harness.ts";

const home = "/dav/calendars/alice/";
const calendar = `${home}calendar/`;
const propfind = `<propfind xmlns="DAV:"><prop><displayname/></prop></propfind>`;
const proppatch =
  `<propertyupdate xmlns="DAV:"><set><prop><displayname>x</displayname></prop></set>` +
  `</propertyupdate>`;
const report = `<sync-collection xmlns="DAV:"><sync-token/><sync-level>1</sync-level><prop/>` +
  `</sync-collection>`;

interface Case {
  readonly method: string;
  readonly href: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly status?: number;
}

const cases: readonly Case[] = [
  { method: "OPTIONS", href: calendar, status: 200 },
  { method: "OPTIONS", href: "/dav/", status: 200 },
  { method: "GET", href: calendar, status: 200 },
  { method: "HEAD", href: calendar, status: 200 },
  { method: "PROPFIND", href: calendar, body: propfind },
  { method: "PROPFIND", href: "/dav/files/alice/", body: propfind },
  { method: "PROPFIND", href: "/dav/principals/users/alice/", body: propfind },
  { method: "PROPFIND", href: "/dav/calendars/J%C3%BCrgen%20M%C3%BCller/", body: propfind },
  { method: "PROPPATCH", href: calendar, body: proppatch },
  {
    method: "PROPPATCH",
    href: calendar,
    body: proppatch,
    headers: { prefer: "return=minimal" },
    status: 200,
  },
  { method: "REPORT", href: calendar, body: report },
];

for (const { method, href, headers, body, status = 207 } of cases) {
  Deno.test(`${method} ${href} without its slash says where that is (RFC 4918 §5.2)`, async () => {
    await using house = await openHouse();
    const as = "J%C3%BC";
    const ask = {
      as: href.includes(as) ? "Jürgen Müller" : "alice",
      headers: { depth: "0", ...headers },
      body,
    };
    const places = [[href.slice(0, -1), href], [`${href.slice(0, -1)}?x/`, href], [
      href,
      null,
    ]] as const;
    for (const [path, location] of places) {
      const response = await house.ask(method, path, ask);
      await response.body?.cancel();
      const told = [response.status, response.headers.get("content-location")];
      assertEquals(told, [status, location], path);
    }
  });
}

Deno.test("Content-Location: an object has no slash, and what is refused no place", async () => {
  await using house = await openHouse();
  await house.ask("PUT", "/dav/files/alice/a", { body: "a" });
  for (const path of ["/dav/files/alice/a", "/dav/files/alice/b", "/dav/calendars/bob"]) {
    const response = await house.ask("PROPFIND", path, { headers: { depth: "0" }, body: propfind });
    await response.body?.cancel();
    assertEquals(response.headers.get("content-location"), null, path);
  }
});
