import { assertEquals } from "@std/assert";
import { D } from "../../src/xml/names.ts";
import { multistatusOf, openHouse } from "../harness.ts";

const currentUserPrincipal =
  `<propfind xmlns="DAV:"><prop><current-user-principal/></prop></propfind>`;

Deno.test("the well-known URL redirects every method before authentication", async () => {
  await using house = await openHouse();
  for (const method of ["GET", "HEAD", "OPTIONS", "PROPFIND", "REPORT"]) {
    for (const path of ["/.well-known/caldav", "/.well-known/caldav/"]) {
      const response = await house.ask(method, path, { as: null });
      assertEquals([response.status, response.headers.get("location")], [301, "/dav/"]);
    }
  }
});

for (const path of ["/", "/dav", "/dav/", "/dav/principals/", "/principals/", "/dav/calendars/"]) {
  Deno.test(`PROPFIND ${path} leads to the principal after a challenge`, async () => {
    await using house = await openHouse();
    const ask = { headers: { depth: "0" }, body: currentUserPrincipal };
    const challenge = await house.ask("PROPFIND", path, { ...ask, as: null });
    assertEquals(challenge.status, 401);
    assertEquals(challenge.headers.get("www-authenticate"), `Basic realm="davit", charset="UTF-8"`);
    const { responses } = await multistatusOf(await house.ask("PROPFIND", path, ask));
    assertEquals(responses.map((one) => one.hrefs(D.currentUserPrincipal)), [
      ["/dav/principals/users/alice/"],
    ]);
  });
}
