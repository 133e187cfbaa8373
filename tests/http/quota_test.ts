import { assertEquals } from "@std/assert";
import { D } from "../../src/xml/names.ts";
import { event } from "../fixtures/events.ts";
import { type Found, type House, multistatusOf, openHouse } from "../harness.ts";

const home = "/dav/calendars/alice/";
const quotaBytes = 100_000;

const ask = async (house: House, path: string, depth: string): Promise<readonly Found[]> => {
  const body = `<propfind xmlns="DAV:"><prop><quota-used-bytes/><quota-available-bytes/></prop>
    </propfind>`;
  const answer = await house.ask("PROPFIND", path, { headers: { depth }, body });
  return (await multistatusOf(answer)).responses;
};

const told = (found: Found | undefined) =>
  [D.quotaUsedBytes, D.quotaAvailableBytes].map((name) => found?.text(name));

Deno.test("quota: every collection tells of all that the account has stored", async () => {
  await using house = await openHouse({ settings: { quotaBytes } });
  const text = event({ uid: "a" });
  await house.ask("PUT", `${home}calendar/a.ics`, {
    headers: { "content-type": "text/calendar" },
    body: text,
  });
  await house.ask("PUT", "/dav/files/alice/b", { body: "b" });
  const used = text.length + 1;
  const all = [
    ...await ask(house, home, "1"),
    ...await ask(house, "/dav/files/alice/", "0"),
    ...(await ask(house, "/dav/calendars/", "1")).slice(1),
    ...(await ask(house, `${home}calendar/`, "0")),
  ];
  assertEquals(all.length, 8);
  for (const found of all) {
    assertEquals(told(found), [String(used), String(quotaBytes - used)], found.href);
  }
});

Deno.test("quota: where there is no bound, what is used is told and nothing of what is free", async () => {
  await using house = await openHouse();
  assertEquals(told((await ask(house, home, "0"))[0]), ["0", undefined]);
});
