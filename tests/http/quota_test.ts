import { assert, assertEquals } from "@std/assert";
import { C, D } from "../../src/xml/names.ts";
import { event } from "../fixtures/events.ts";
import { type Found, type House, multistatusOf, openHouse, preconditionOf } from "../harness.ts";
import { large } from "./large.ts";

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

const limited = async (house: House, bounds: { quotaBytes?: number; resourceBytes?: number }) => {
  const { principal: { id } } = await house.store.principalNamed("alice") ??
    { principal: { id: 0 } };
  await house.store.commit([], [{ kind: "set-bounds", id, ...bounds }]);
};

const put = (house: House, path: string, body: BodyInit) =>
  house.ask("PUT", path, { headers: { "content-type": "text/calendar" }, body });

Deno.test("quota: one's own holds instead of everybody's", async () => {
  await using house = await openHouse({ settings: { quotaBytes } });
  await limited(house, { quotaBytes: 1_000 });
  assertEquals(told((await ask(house, home, "0"))[0]), ["0", "1000"]);
  const body = event({ uid: "a" });
  assertEquals((await put(house, `${home}calendar/a.ics`, body)).status, 201);
  const refused = await put(house, "/dav/files/alice/b", "x".repeat(1_001 - body.length));
  assertEquals([refused.status, await preconditionOf(refused)], [507, D.quotaNotExceeded]);
  await limited(house, { quotaBytes: 2_000_000 });
  assertEquals((await put(house, "/dav/files/alice/b", "x".repeat(1_000_000))).status, 201);
});

Deno.test("quota: one's own holds where there is none for everybody", async () => {
  await using house = await openHouse();
  await limited(house, { quotaBytes: 1_000_000 });
  const bodies = ["a", "b", "c"].map((uid) => large(400_000, uid));
  const answers = await Promise.all(
    bodies.map((body, index) => put(house, `${home}calendar/${index}.ics`, body)),
  );
  assertEquals(answers.map(({ status }) => status).toSorted(), [201, 201, 507]);
});

Deno.test("a largest resource of one's own is announced, and larger ones are refused", async () => {
  await using house = await openHouse();
  const calendar = `${home}calendar/`;
  const most = 500_000;
  await limited(house, { resourceBytes: most });
  const body = `<propfind xmlns="DAV:"><prop><c:max-resource-size
    xmlns:c="urn:ietf:params:xml:ns:caldav"/></prop></propfind>`;
  const answer = await house.ask("PROPFIND", calendar, { headers: { depth: "0" }, body });
  const found = (await multistatusOf(answer)).at(calendar);
  assertEquals(found?.text(C.maxResourceSize), String(most));
  for (
    const [path, sizes] of [[`${calendar}a.ics`, C.maxResourceSize], [
      "/dav/files/alice/a",
      undefined,
    ]] as const
  ) {
    const stream = new Blob([large(most + 1, "a")]).stream();
    const refused = await put(house, path, stream);
    assertEquals([refused.status, await preconditionOf(refused)], [413, sizes]);
    assertEquals((await put(house, path, large(most, "a"))).status, 201);
  }
  await limited(house, { resourceBytes: 100 });
  const small = await put(house, `${calendar}b.ics`, event({ uid: "b" }));
  assertEquals([small.status, await preconditionOf(small)], [413, C.maxResourceSize]);
});

Deno.test("quota: an upload without end is answered as soon as there is no room", async () => {
  await using house = await openHouse({ settings: { quotaBytes: 1_000_000 } });
  let given = 0;
  const piece = new TextEncoder().encode("QUJD".repeat(16_000));
  const head = event({ uid: "a", lines: ["ATTACH;VALUE=BINARY;ENCODING=BASE64:@"] }).split("@")[0];
  for (const path of [`${home}calendar/a.ics`, "/dav/files/alice/a"]) {
    given = 0;
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        controller.enqueue(given === 0 ? new TextEncoder().encode(head) : piece.slice());
        given += piece.length;
      },
    }, { highWaterMark: 0 });
    const refused = await put(house, path, endless);
    assertEquals([refused.status, await preconditionOf(refused)], [507, D.quotaNotExceeded]);
    assert(given < 1_000_000 + 3 * piece.length, `${given}`);
  }
});
