import { assert, assertEquals } from "@std/assert";
import { limits } from "../../src/limits.ts";
import { V } from "../../src/xml/names.ts";
import { el } from "../../src/xml/tree.ts";
import { documentXml } from "../../src/xml/write.ts";
import { propfind, proppatch } from "../clients/bodies.ts";
import { component, event } from "../fixtures/events.ts";
import { type House, multistatusOf, openHouse } from "../harness.ts";
import { attached, attachesIn, calendar, path, pathOf, put, status, text } from "./attaching.ts";
import { cellsOf } from "./watching.ts";

/** What was inside of an event becomes managed, in a calendar that is to have it so. */

const form = async (house: House, value: string) => {
  const body = documentXml(proppatch(el(V.attachments, [value])));
  const found = await multistatusOf(await house.ask("PROPPATCH", calendar, { body }));
  return found.responses[0]?.statusOf(V.attachments);
};

async function openManaged(settings = {}): Promise<House> {
  const house = await openHouse({ settings });
  assertEquals(await form(house, "managed"), 200);
  return house;
}

/** Folded as programs do. */
const binary = (content: string, params = ""): string =>
  `ATTACH;ENCODING=BASE64;VALUE=BINARY${params}:\r\n ` +
  (btoa(content).match(/.{1,73}/g) ?? []).join("\r\n ");

const withLines = (...lines: readonly string[]) => event({ uid: "a", lines });

Deno.test("a calendar says what becomes of attachments, and takes no other word", async () => {
  await using house = await openHouse();
  const value = async () => {
    const body = documentXml(propfind(V.attachments));
    const ask = { headers: { depth: "0" }, body };
    const found = await multistatusOf(await house.ask("PROPFIND", calendar, ask));
    return found.at(calendar)?.text(V.attachments);
  };
  assertEquals(await value(), "inline");
  assertEquals(await form(house, " managed "), 200);
  assertEquals(await value(), "managed");
  assertEquals(await form(house, "gone"), 409);
  assertEquals(await value(), "managed");
  const home = "/dav/calendars/alice/managed/";
  const made = `<C:mkcalendar xmlns="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><set><prop>` +
    `<attachments xmlns="urn:davit">managed</attachments></prop></set></C:mkcalendar>`;
  assertEquals(await status(house.ask("MKCALENDAR", home, { body: made })), 201);
  await put(house, `${home}a.ics`, withLines(binary("hello")));
  assert(attachesIn(await text(house, `${home}a.ics`))[0]?.["MANAGED-ID"]);
});

Deno.test("converted: what is inside goes beside, with its name and type, and no ETag is told", async () => {
  await using house = await openManaged();
  const params = ";FMTTYPE=image/png;X-APPLE-FILENAME=a b.png;X-A=1";
  const sent = withLines(binary("hello", params), "COMMENT:kept");
  const response = await put(house, path, sent);
  assertEquals([response.status, response.headers.get("etag")], [201, null]);
  const object = await text(house, path);
  const [{ value = "", "MANAGED-ID": id, ...others } = {}, ...more] = attachesIn(object);
  assertEquals([others, more], [{
    FMTTYPE: "image/png",
    FILENAME: "a b.png",
    SIZE: "5",
    "X-APPLE-FILENAME": "a b.png",
    "X-A": "1",
  }, []]);
  assert(id !== undefined && object.includes("COMMENT:kept\r\n"));
  const file = await house.ask("GET", pathOf(String(value)));
  assertEquals([await file.text(), file.headers.get("content-type")], ["hello", "image/png"]);
  const again = await put(house, path, object);
  assertEquals([again.status, again.headers.has("etag")], [204, true]);
  assertEquals(await text(house, path), object);
});

Deno.test("converted: of any size, with nothing left of what came", async () => {
  await using house = await openManaged();
  const content = Array.from({ length: 600_000 }, (_, at) => String.fromCharCode(at * 7 % 256))
    .join("");
  await put(house, path, withLines(binary(content), binary("small")));
  const files = attachesIn(await text(house, path)).map(({ value }) => pathOf(String(value)));
  const told = new Uint8Array(await (await house.ask("GET", files[0] ?? "")).arrayBuffer());
  assert(told.length === content.length);
  assert(told.every((byte, at) => byte === content.charCodeAt(at)));
  assertEquals(await text(house, files[1] ?? ""), "small");
  const blobs = "SELECT state || size_bytes FROM blobs ORDER BY size_bytes";
  const [small, large, ...left] = await cellsOf(house, blobs);
  assertEquals([small, large], ["kept5", "kept600000"]);
  assert(left.every((one) => String(one).startsWith("doomed")), String(left));
});

Deno.test("converted: equal ones become one, in one event and in several", async () => {
  await using house = await openManaged();
  const override = ["RECURRENCE-ID:20260106T090000Z", "DTSTART:20260106T100000Z"];
  const attach = binary("hello", ";FILENAME=a.txt");
  await put(
    house,
    path,
    event({
      uid: "a",
      lines: ["RRULE:FREQ=DAILY", attach],
      overrides: [[...override, attach]],
    }),
  );
  await put(house, `${calendar}b.ics`, withLines(attach).replace("UID:a", "UID:b"));
  const ids = attachesIn(await text(house, path)).map((one) => one["MANAGED-ID"]);
  assertEquals([ids.length, new Set(ids).size], [2, 1]);
  assertEquals(await cellsOf(house, "SELECT count(*) FROM attachments"), [2]);
  assertEquals(await cellsOf(house, "SELECT count(*) FROM blobs WHERE state = 'kept'"), [1]);
  assertEquals(await cellsOf(house, "SELECT count(*) FROM blobs WHERE state = 'upload'"), [0]);
});

Deno.test("converted: in a data: URI too; not what is no BASE64, and not the sound of an alarm", async () => {
  await using house = await openManaged();
  const sound = component("VALARM", ["ACTION:AUDIO", "TRIGGER:-PT5M", binary("ring")]);
  const sent = withLines("ATTACH:data:text/plain;base64,aGVsbG8%3D", "ATTACH:data:text/plain,hi")
    .replace("END:VEVENT", `${sound}END:VEVENT`);
  await put(house, path, sent);
  const object = await text(house, path);
  const [file, plain, alarm] = attachesIn(object);
  assertEquals([file?.FMTTYPE, file?.SIZE], ["text/plain", "5"]);
  assertEquals(await text(house, pathOf(String(file?.value))), "hello");
  assertEquals([plain?.value, alarm?.ENCODING], ["data:text/plain,hi", "BASE64"]);
});

Deno.test("converted: what is too large or too many stays where it is", async () => {
  await using house = await openManaged({ attachmentBytes: 100 });
  await put(house, path, withLines(binary("x".repeat(101)), binary("small")));
  const [large, small] = attachesIn(await text(house, path));
  assertEquals([large?.ENCODING, small?.SIZE], ["BASE64", "5"]);
  const many = Array.from(
    { length: limits.attachmentsPerResource + 2 },
    (_, at) => binary(`${at}`),
  );
  await put(house, `${calendar}b.ics`, withLines(...many).replace("UID:a", "UID:b"));
  const all = attachesIn(await text(house, `${calendar}b.ics`));
  assertEquals(all.filter((one) => one["MANAGED-ID"]).length, limits.attachmentsPerResource);
  assertEquals(all.filter(({ ENCODING }) => ENCODING).length, 2);
});

Deno.test("converted: beside managed ones, and as long as the calendar is to have it so", async () => {
  await using house = await openManaged();
  await put(house, path, withLines());
  const { id } = await attached(house);
  const object = await text(house, path);
  await put(house, path, object.replace("SUMMARY:", `${binary("more")}\r\nSUMMARY:`));
  const both = attachesIn(await text(house, path));
  assertEquals(both.map(({ SIZE }) => SIZE).sort(), ["4", "5"]);
  assert(both.some((one) => one["MANAGED-ID"] === id));
  await form(house, "inline");
  const inline = withLines(binary("hello"));
  const response = await put(house, path, inline);
  assertEquals([response.headers.has("etag"), await text(house, path)], [true, inline]);
});

Deno.test("converted: what is preferred is the event as it is kept", async () => {
  await using house = await openManaged();
  const headers = { prefer: "return=representation" };
  const response = await put(house, path, withLines(binary("hello")), { headers });
  const shown = await response.text();
  assertEquals([shown, response.headers.get("etag")], [
    await text(house, path),
    (await house.ask("HEAD", path)).headers.get("etag"),
  ]);
  assert(attachesIn(shown)[0]?.["MANAGED-ID"]);
});

Deno.test("converted: a PUT that is refused leaves nothing", async () => {
  await using house = await openManaged({ quotaBytes: 2_000 });
  assertEquals(await status(put(house, path, withLines(binary("x".repeat(3_000))))), 507);
  const other = withLines(binary("y")).replace("BEGIN:VEVENT", "BEGIN:VTODO");
  assertEquals(await status(put(house, path, other)), 403);
  assertEquals(await cellsOf(house, "SELECT count(*) FROM blobs"), [0]);
  assertEquals(await status(put(house, path, withLines(binary("x".repeat(900))))), 201);
});
