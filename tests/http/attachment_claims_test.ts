import { assert, assertEquals } from "@std/assert";
import { C, D } from "../../src/xml/names.ts";
import { event } from "../fixtures/events.ts";
import { type House, openHouse, preconditionOf } from "../harness.ts";
import { attached, attachesIn, calendar, detach, path, put, status, text } from "./attaching.ts";
import { cellsOf } from "./watching.ts";

/** What clients may do with attachments by PUT, COPY, MOVE and DELETE (RFC 8607 §3.7 to §3.9). */

const simple = event({ uid: "a" });
const other = `${calendar}b.ics`;
const calendar2 = "/dav/calendars/alice/second/";

/** An object with one attachment. */
async function prepared(house: House) {
  await put(house, path, simple);
  const file = await attached(house);
  const object = await text(house, path);
  const line = /ATTACH;[^]*?(?=END:)/.exec(object)?.[0] ?? "";
  return { ...file, object, line };
}

const withLine = (line: string, uid = "a") => event({ uid }).replace("SUMMARY:", `${line}SUMMARY:`);

Deno.test("claims: what is written back as it was keeps its bytes and gets an ETag", async () => {
  await using house = await openHouse();
  const { object, at } = await prepared(house);
  const response = await put(house, path, object.replace("SUMMARY:Item", "SUMMARY:Other item"));
  assertEquals([response.status, response.headers.has("etag")], [204, true]);
  assertEquals(await text(house, path), object.replace("SUMMARY:Item", "SUMMARY:Other item"));
  assertEquals(await text(house, at), "hello");
});

const lies:
  readonly (readonly [name: string, lie: (line: string, id: string, url: string) => string])[] = [
    ["says another size", (line) => line.replace("SIZE=5", "SIZE=6")],
    [
      "says another name",
      (_, id, url) => `ATTACH;MANAGED-ID=${id};FMTTYPE=text/plain;FILENAME=b.exe;SIZE=5:${url}\r\n`,
    ],
    ["leads elsewhere", (_, id) => `ATTACH;MANAGED-ID=${id}:https://evil.test/\r\n`],
    ["has forgotten what it does not know", (_, __, url) => `ATTACH:${url}\r\n`],
  ];

for (const [name, lie] of lies) {
  Deno.test(`claims: one that ${name} is put right, and there is no ETag`, async () => {
    await using house = await openHouse();
    const { line, id, at } = await prepared(house);
    const written = lie(line, id, `http://localhost${at}`);
    const response = await put(house, path, withLine(written));
    assertEquals([response.status, response.headers.get("etag")], [204, null]);
    assertEquals(await text(house, path), withLine(line));
    const shown = await put(house, path, withLine(written), {
      headers: { prefer: "return=representation" },
    });
    assertEquals(await shown.text(), withLine(line));
    assertEquals(await text(house, at), "hello");
  });
}

Deno.test("claims: a MANAGED-ID that there is not is refused, and nothing changes", async () => {
  await using house = await openHouse();
  const { object } = await prepared(house);
  for (const to of [path, other]) {
    const response = await put(house, to, withLine("ATTACH;MANAGED-ID=x:https://x.test/\r\n"));
    assertEquals([response.status, await preconditionOf(response)], [403, C.validManagedId]);
  }
  assertEquals(await text(house, path), object);
});

Deno.test("claims: somebody else's attachment is a link, that stays theirs", async () => {
  await using house = await openHouse();
  const { line, at, id } = await prepared(house);
  const theirs = "/dav/calendars/bob/calendar/a.ics";
  const response = await put(house, theirs, withLine(line), { as: "bob" });
  assertEquals([response.status, response.headers.get("etag")], [201, null]);
  const [attach] = attachesIn(await text(house, theirs, { as: "bob" }));
  assertEquals([attach?.["MANAGED-ID"], attach?.value], [undefined, `http://localhost${at}`]);
  const refused = await house.ask("GET", at, { as: "bob" });
  assertEquals([refused.status, await preconditionOf(refused)], [403, D.needPrivileges]);
  assertEquals(await status(detach(house, id)), 204);
  assertEquals(await status(house.ask("GET", at)), 403);
});

Deno.test("claims: what is dropped is gone, unless another event has it", async () => {
  await using house = await openHouse();
  const { line, at, object } = await prepared(house);
  assertEquals((await put(house, other, withLine(line, "b"))).headers.has("etag"), true);
  await put(house, path, simple);
  assertEquals(await text(house, at), "hello");
  await house.ask("DELETE", other);
  assertEquals(await status(house.ask("GET", at)), 403);
  // A program that has not seen this yet may write it once more.
  assertEquals(await status(put(house, path, object)), 204);
  assertEquals(await text(house, at), "hello");
});

Deno.test("claims: copied and moved events have their attachments", async () => {
  await using house = await openHouse();
  const { object, at } = await prepared(house);
  await house.ask("MKCALENDAR", calendar2);
  const headers = { destination: `${calendar2}a.ics` };
  assertEquals(await status(house.ask("COPY", path, { headers })), 201);
  await house.ask("DELETE", path);
  assertEquals(await text(house, at), "hello");
  const back = { headers: { destination: path } };
  assertEquals(await status(house.ask("MOVE", `${calendar2}a.ics`, back)), 201);
  assertEquals([await text(house, path), await text(house, at)], [object, "hello"]);
  assertEquals(await status(house.ask("DELETE", calendar)), 204);
  assertEquals(await status(house.ask("GET", at)), 403);
});

Deno.test("claims: a file that is moved among calendars claims as a PUT does", async () => {
  await using house = await openHouse();
  const { line, at } = await prepared(house);
  const folder = "/dav/calendars/alice/plain/";
  await house.ask("MKCOL", folder);
  const file = `${folder}b.ics`;
  const move = () => house.ask("MOVE", file, { headers: { destination: other } });
  await put(house, file, withLine("ATTACH;MANAGED-ID=x:https://x.test/\r\n", "b"));
  const refused = await move();
  assertEquals([refused.status, await preconditionOf(refused)], [403, C.validManagedId]);
  await put(house, file, withLine(line.replace("SIZE=5", "SIZE=6"), "b"));
  assertEquals(await status(move()), 201);
  assertEquals(await text(house, other), withLine(line, "b"));
  await house.ask("DELETE", path);
  assertEquals(await text(house, at), "hello");
});

Deno.test("claims: what nothing refers to any more is swept with its versions", async () => {
  await using house = await openHouse();
  const { id, at } = await prepared(house);
  await detach(house, id);
  const counts = () =>
    cellsOf(house, "SELECT (SELECT count(*) FROM attachments) || (SELECT count(*) FROM chunks)");
  const now = Date.now();
  await house.store.upkeep({ now, keptFrom: 0 });
  assertEquals(await counts(), ["11"]);
  await house.store.upkeep({ now, keptFrom: now + 1e9 });
  assertEquals(await counts(), ["00"]);
  assertEquals(await status(house.ask("GET", at)), 403);
  const response = await put(house, path, withLine(`ATTACH;MANAGED-ID=${id}:x\r\n`));
  assertEquals(await preconditionOf(response), C.validManagedId);
});

Deno.test("claims: a new event by POST claims, too", async () => {
  await using house = await openHouse();
  const { line } = await prepared(house);
  const add = (written: string) =>
    house.ask("POST", `${calendar};add-member`, {
      headers: { "content-type": "text/calendar" },
      body: withLine(written, "b"),
    });
  const refused = await add("ATTACH;MANAGED-ID=x:y\r\n");
  assertEquals(await preconditionOf(refused), C.validManagedId);
  const made = await add(line);
  assert(made.ok);
  assertEquals(await text(house, made.headers.get("location") ?? ""), withLine(line, "b"));
});
