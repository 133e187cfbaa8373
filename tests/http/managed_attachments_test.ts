import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { limits } from "../../src/limits.ts";
import { C, D, type XmlName } from "../../src/xml/names.ts";
import { el } from "../../src/xml/tree.ts";
import { documentXml } from "../../src/xml/write.ts";
import { propfind } from "../clients/bodies.ts";
import { event } from "../fixtures/events.ts";
import { type House, multistatusOf, openHouse, preconditionOf } from "../harness.ts";
import {
  attach,
  attached,
  attachesIn,
  calendar,
  detach,
  path,
  pathOf,
  put,
  status,
  text,
} from "./attaching.ts";
import { large } from "./large.ts";
import { cellsOf } from "./watching.ts";

const MiB = 1024 * 1024;
const simple = event({ uid: "a" });
const daily = event({ uid: "a", lines: ["RRULE:FREQ=DAILY;COUNT=9"] });
const preferring = { prefer: "return=representation" };

Deno.test("AC-19: attachment-add gives 201, Cal-Managed-ID, and an absolute URL that GET answers", async () => {
  await using house = await openHouse();
  const before = (await put(house, path, simple)).headers.get("etag");
  const response = await attach(house, { name: "tür.pdf", type: "application/pdf" });
  const { headers } = response;
  assertEquals([response.status, await response.text()], [201, ""]);
  const id = headers.get("cal-managed-id") ?? "";
  const url = headers.get("location") ?? "";
  const object = await house.ask("GET", path);
  assertEquals(object.headers.get("etag"), headers.get("etag"));
  assertNotEquals(headers.get("etag"), before);
  assertEquals(attachesIn(await object.text()), [{
    "MANAGED-ID": id,
    FMTTYPE: "application/pdf",
    FILENAME: "tür.pdf",
    SIZE: "5",
    value: url,
  }]);
  assert(url.startsWith("http://localhost/dav/attachments/"));
  const file = await house.ask("GET", pathOf(url));
  assertEquals([file.status, file.headers.get("content-type")], [200, "application/pdf"]);
  assertEquals(await file.text(), "hello");
});

Deno.test("attachments: URLs are those of the base URL", async () => {
  const settings = { baseUrl: "https://cal.example.com" };
  await using house = await openHouse({ settings });
  await put(house, path, simple);
  const url = (await attach(house)).headers.get("location") ?? "";
  assert(url.startsWith("https://cal.example.com/dav/attachments/"));
  const object = await text(house, path);
  assertEquals((await put(house, path, object)).headers.has("etag"), true);
  const home = "/dav/calendars/alice/";
  const ask = {
    headers: { depth: "0" },
    body: documentXml(propfind(C.managedAttachmentsServerURL)),
  };
  const found = await multistatusOf(await house.ask("PROPFIND", home, ask));
  assertEquals(found.at(home)?.hrefs(C.managedAttachmentsServerURL), ["https://cal.example.com"]);
});

Deno.test("attachments: what there may be is told of calendars, where they are of homes", async () => {
  await using house = await openHouse({ settings: { attachmentBytes: 12_345 } });
  const ask = (...names: readonly XmlName[]) => ({
    headers: { depth: "0" },
    body: documentXml(propfind(...names)),
  });
  const names = [C.maxAttachmentSize, C.maxAttachmentsPerResource] as const;
  const found = (await multistatusOf(await house.ask("PROPFIND", calendar, ask(...names))))
    .at(calendar);
  assertEquals(names.map((name) => found?.text(name)), [
    "12345",
    String(limits.attachmentsPerResource),
  ]);
  const home = "/dav/calendars/alice/";
  const answer = await house.ask("PROPFIND", home, ask(C.managedAttachmentsServerURL));
  const server = (await multistatusOf(answer)).at(home)?.prop(C.managedAttachmentsServerURL);
  assertEquals(server, el(C.managedAttachmentsServerURL));
});

Deno.test("attachments: each action answers with the object where that is preferred", async () => {
  await using house = await openHouse();
  await put(house, path, simple);
  const added = await attach(house, { headers: preferring });
  const id = added.headers.get("cal-managed-id") ?? "";
  const query = `action=attachment-update&managed-id=${id}`;
  const updated = await attach(house, { headers: preferring, query, body: "new", name: "b.txt" });
  const newId = updated.headers.get("cal-managed-id") ?? "";
  assertNotEquals(newId, id);
  const answers = [
    [added, 201],
    [updated, 200],
    [await detach(house, newId, "", { headers: preferring }), 200],
  ] as const;
  const counts = [];
  for (const [response, status] of answers) {
    const { headers } = response;
    assertEquals([response.status, headers.get("content-location")], [status, path]);
    assertEquals(headers.get("content-type"), "text/calendar; charset=utf-8");
    counts.push(attachesIn(await response.text()).map(({ FILENAME }) => FILENAME));
  }
  assertEquals(counts, [["a.txt"], ["b.txt"], []]);
  assertEquals(
    (await house.ask("HEAD", path)).headers.get("etag"),
    answers[2][0].headers.get("etag"),
  );
  assertEquals(answers[2][0].headers.get("cal-managed-id"), null);
});

Deno.test("attachments: an update is another attachment, and the one before is gone", async () => {
  await using house = await openHouse();
  await put(house, path, simple);
  const one = await attached(house);
  const query = `action=attachment-update&managed-id=${one.id}`;
  assertEquals(await status(attach(house, { query, body: "new" })), 204);
  const [other] = attachesIn(await text(house, path));
  assertNotEquals(other?.["MANAGED-ID"], one.id);
  assertEquals(await text(house, pathOf(String(other?.value))), "new");
  assertEquals(await status(house.ask("GET", one.at)), 403);
});

Deno.test("attachments: of an instance alone, and of that one no more", async () => {
  await using house = await openHouse();
  await put(house, path, daily);
  const rid = "20260107T090000Z";
  const { id } = await attached(house, { query: `action=attachment-add&rid=${rid}` });
  const object = await text(house, path);
  assertEquals(attachesIn(object).length, 1);
  assert(object.includes(`RECURRENCE-ID:${rid}`));
  const query = `<calendar-query xmlns="urn:ietf:params:xml:ns:caldav"><prop xmlns="DAV:">` +
    `<getetag/></prop><filter><comp-filter name="VCALENDAR"><comp-filter name="VEVENT">` +
    `<time-range start="20260107T000000Z" end="20260108T000000Z"/></comp-filter></comp-filter>` +
    `</filter></calendar-query>`;
  const found = await multistatusOf(
    await house.ask("REPORT", calendar, { headers: { depth: "1" }, body: query }),
  );
  assertEquals(found.hrefs, [path]);
  assertEquals(await status(detach(house, id, "&rid=M")), 403);
  assertEquals(await status(detach(house, id, `&rid=${rid}`)), 204);
  assertEquals(attachesIn(await text(house, path)), []);
});

Deno.test("attachments: conditions hold for actions as for PUT", async () => {
  await using house = await openHouse();
  const etag = (await put(house, path, simple)).headers.get("etag") ?? "";
  assertEquals(await status(attach(house, { headers: { "if-match": '"other"' } })), 412);
  assertEquals(await status(attach(house, { headers: { "if-none-match": "*" } })), 412);
  const failed = await attach(house, { headers: { ...preferring, "if-match": '"other"' } });
  assertEquals([failed.status, await failed.text()], [412, simple]);
  assertEquals(await status(attach(house, { headers: { "if-match": etag } })), 201);
  assertEquals(await status(attach(house, { headers: { "if-match": etag } })), 412);
  assertEquals(await cellsOf(house, "SELECT count(*) FROM chunks"), [1]);
});

Deno.test("attachments: of any size, and kept once", async () => {
  await using house = await openHouse();
  await put(house, path, large(MiB));
  const body = Uint8Array.from({ length: 5 * MiB }, (_, index) => index % 251);
  const made = [await attached(house, { body }), await attached(house, { body })];
  for (const { at } of made) {
    const file = await house.ask("GET", at);
    assertEquals(file.headers.get("content-length"), String(body.length));
    const told = new Uint8Array(await file.arrayBuffer());
    assert(told.length === body.length && told.every((byte, index) => byte === body[index]));
  }
  const kept = "SELECT size_bytes FROM blobs WHERE state = 'kept' AND size_bytes > 2000000";
  assertEquals(await cellsOf(house, kept), [body.length]);
  const object = await text(house, path);
  const [inline, ...others] = attachesIn(object);
  assertEquals([inline?.ENCODING, others.length], ["BASE64", 2]);
  const empty = await attached(house, { body: "" });
  assertEquals(await text(house, empty.at), "");
});

Deno.test("attachments: more than there may be of one object are refused, not beside others", async () => {
  await using house = await openHouse();
  await put(house, path, simple);
  for (let count = 0; count < limits.attachmentsPerResource; count++) await attached(house);
  const response = await attach(house);
  assertEquals([response.status, await preconditionOf(response)], [
    403,
    C.maxAttachmentsPerResource,
  ]);
  const query = `action=attachment-update&managed-id=${
    attachesIn(await text(house, path))[0]?.["MANAGED-ID"]
  }`;
  assertEquals(await status(attach(house, { query })), 204);
  await put(house, `${calendar}b.ics`, event({ uid: "b" }));
  assertEquals(await status(attach(house, { to: `${calendar}b.ics` })), 201);
});

Deno.test("attachments: one that is too large is refused while it comes, and leaves nothing", async () => {
  await using house = await openHouse({ settings: { attachmentBytes: 1_000_000 } });
  await put(house, path, simple);
  const pieces = (count: number) => {
    let left = count;
    return new ReadableStream<Uint8Array>({
      pull(controller) {
        if (left-- > 0) controller.enqueue(new Uint8Array(100_000));
        else controller.close();
      },
    });
  };
  const bodies = [new Uint8Array(1_000_001), pieces(11)];
  for (const body of bodies) {
    const response = await attach(house, { body });
    assertEquals([response.status, await preconditionOf(response)], [413, C.maxAttachmentSize]);
  }
  assertEquals(await cellsOf(house, "SELECT count(*) FROM blobs"), [0]);
  assertEquals(await text(house, path), simple);
  assertEquals(await status(attach(house, { body: pieces(10) })), 201);
});

Deno.test("attachments: quota counts them, once for each event, and gives them back", async () => {
  await using house = await openHouse({ settings: { quotaBytes: 10_000 } });
  const used = async () => {
    const body = documentXml(propfind(D.quotaUsedBytes));
    const found = await multistatusOf(
      await house.ask("PROPFIND", calendar, { headers: { depth: "0" }, body }),
    );
    return Number(found.at(calendar)?.text(D.quotaUsedBytes));
  };
  await put(house, path, simple);
  const body = "x".repeat(6_000);
  const one = await attached(house, { body });
  const object = await text(house, path);
  assertEquals(await used(), object.length + 6_000);
  const refused = await attach(house, { body });
  assertEquals([refused.status, await preconditionOf(refused)], [507, D.quotaNotExceeded]);
  const copy = await put(house, `${calendar}b.ics`, object.replace("UID:a", "UID:b"));
  assertEquals([copy.status, await preconditionOf(copy)], [507, D.quotaNotExceeded]);
  const headers = { destination: `${calendar}c.ics`, overwrite: "T" };
  assertEquals(await status(house.ask("COPY", path, { headers })), 403); // its UID
  const query = `action=attachment-update&managed-id=${one.id}`;
  assertEquals(await status(attach(house, { query, body: "y".repeat(7_000) })), 204);
  await put(house, path, simple);
  assertEquals(await used(), simple.length);
});

Deno.test("attachments: two at once are both there", async () => {
  await using house = await openHouse();
  await put(house, path, simple);
  const names = Array.from({ length: 8 }, (_, index) => `${index}.txt`);
  const answers = await Promise.all(names.map((name) => attach(house, { name, body: name })));
  assertEquals(answers.map((one) => one.status), names.map(() => 201));
  const all = attachesIn(await text(house, path));
  assertEquals(all.map(({ FILENAME }) => FILENAME).sort(), names);
  for (const { FILENAME, value } of all) {
    assertEquals(await text(house, pathOf(String(value))), FILENAME);
  }
});

/** A house in which something happens once, just before a commit with a new attachment. */
async function disturbed(disturb: (house: House) => Promise<unknown>): Promise<House> {
  let left = 1;
  const house: House = await openHouse({
    executor: (real) => ({
      ...real,
      async write(statements) {
        const attaches = statements.some(({ sql }) => sql.startsWith("INSERT INTO attachments"));
        if (attaches && left-- > 0) await disturb(house);
        return await real.write(statements);
      },
    }),
  });
  return house;
}

Deno.test("attachments: what somebody else has changed meanwhile stays changed", async () => {
  const changed = event({ uid: "a", summary: "Other" });
  await using house = await disturbed(async ({ store }) => {
    const place = { kind: "tree", home: "calendar-home", owner: "alice" } as const;
    const { object } = await store.load({
      asker: 0,
      place: { ...place, segments: ["calendar", "a.ics"] },
    });
    assert(object);
    const { collectionId } = object;
    const written = { ...object, etag: '"other"', body: changed, sizeBytes: changed.length };
    await store.commit([], [{
      kind: "put-object",
      collectionId,
      replaces: true,
      object: { ...written, participants: [], blobs: [], modified: 0 },
    }]);
  });
  await put(house, path, simple);
  const { at } = await attached(house);
  const object = await text(house, path);
  assert(object.includes("SUMMARY:Other"));
  assertEquals([attachesIn(object).length, await text(house, at)], [1, "hello"]);
  assertEquals(await cellsOf(house, "SELECT count(*) FROM attachments"), [1]);
});

Deno.test("attachments: what is deleted meanwhile leaves nothing of a file", async () => {
  await using house = await disturbed((house) => house.ask("DELETE", path));
  await put(house, path, simple);
  assertEquals(await status(attach(house)), 404);
  const left = "SELECT (SELECT count(*) FROM attachments) + (SELECT count(*) FROM chunks)";
  assertEquals(await cellsOf(house, left), [0]);
});
