import { assert, assertEquals } from "@std/assert";
import { D } from "../../src/xml/names.ts";
import { event } from "../fixtures/events.ts";
import { type Ask, type House, openHouse, preconditionOf } from "../harness.ts";
import {
  attach,
  attached,
  calendar,
  detach,
  path,
  pathOf,
  put,
  status,
  text,
} from "./attaching.ts";

const simple = event({ uid: "a" });

/** The attachment, and the way to it without a log-in. */
async function prepared(house: House, file: Parameters<typeof attached>[1] = {}) {
  await put(house, path, simple);
  const { id, at } = await attached(house, file);
  const header = (await house.ask("HEAD", at)).headers.get("link") ?? "";
  const [, url = ""] = /^<([^>]*)>; rel="alternate"$/.exec(header) ?? [];
  return { id, at, link: pathOf(url) };
}

const outside = { as: null };

Deno.test("an attachment is for whoever may read the event", async () => {
  await using house = await openHouse();
  const { at } = await prepared(house);
  const asks = [["alice", 200], ["root", 200], ["bob", 403], [null, 401]] as const;
  for (const [as, gives] of asks) {
    for (const method of ["GET", "HEAD", "OPTIONS"]) {
      assertEquals(await status(house.ask(method, at, { as })), gives, `${method} ${as}`);
    }
  }
  const response = await house.ask("GET", at, { as: "bob" });
  assertEquals(await preconditionOf(response), D.needPrivileges);
});

Deno.test("whether there is an attachment is told only to whoever may read it", async () => {
  await using house = await openHouse();
  const { at } = await prepared(house);
  const nowhere = at.replace(/[^/]+(?=\/a\.txt)/, "x");
  const answers = await Promise.all(
    [at, nowhere].map((one) => house.ask("GET", one, { as: "bob" })),
  );
  const [there, not] = await Promise.all(answers.map(async (response, index) => {
    const body = (await response.text()).replaceAll([at, nowhere][index] ?? "", "");
    return [response.status, body];
  }));
  assertEquals(there, not);
});

Deno.test("nobody writes to an attachment, or asks more of it than what it is", async () => {
  await using house = await openHouse();
  const { at } = await prepared(house);
  for (const method of ["PUT", "DELETE", "POST", "PROPPATCH", "MOVE", "MKCOL"]) {
    const ask: Ask = { headers: { destination: `${calendar}x.ics` }, body: "x" };
    const gives = await status(house.ask(method, at, ask));
    assert([400, 403, 405].includes(gives), `${method}: ${gives}`);
  }
  const response = await house.ask("PROPFIND", at, { headers: { depth: "0" } });
  assertEquals([response.status, response.headers.get("allow")], [405, "OPTIONS, GET, HEAD"]);
  assertEquals(await text(house, at), "hello");
});

Deno.test("a link opens an attachment without a log-in, and ends with it", async () => {
  await using house = await openHouse();
  const { id, at, link } = await prepared(house, { name: "für alle.txt" });
  assert(/^\/attachments\/[a-z2-9-]{24,}\/f%C3%BCr%20alle\.txt$/.test(link), link);
  assert(!link.includes(id));
  assertEquals(await text(house, link, outside), "hello");
  const [mine, theirs] = await Promise.all([
    house.ask("GET", at),
    house.ask("HEAD", link, outside),
  ]);
  for (const name of ["etag", "content-type", "content-length", "content-disposition"]) {
    assertEquals(mine.headers.get(name), theirs.headers.get(name), name);
  }
  await mine.body?.cancel();
  assertEquals(theirs.headers.get("link"), null);
  for (const method of ["PUT", "DELETE", "PROPFIND", "POST"]) {
    const gives = await status(house.ask(method, link, outside));
    assert(gives >= 400, `${method}: ${gives}`);
  }
  assertEquals(
    await status(house.ask("GET", link.replace("/attachments/", "/attachments/x"))),
    404,
  );
  assertEquals(await status(house.ask("GET", `/attachments/${id}/a.txt`, outside)), 404);
  assertEquals(await status(detach(house, id)), 204);
  assertEquals(await status(house.ask("GET", link, outside)), 404);
});

const types: readonly (readonly [sent: string, told: string])[] = [
  ["image/png", "image/png"],
  ["Text/HTML; charset=UTF-8; x=y", "text/html; charset=utf-8"],
  ["image/svg+xml", "image/svg+xml"],
  ['text/plain; charset="a b"', "text/plain"],
  ["what; ever", "application/octet-stream"],
  ["", "application/octet-stream"],
];

for (const [type, told] of types) {
  Deno.test(`an attachment that is said to be ${type || "nothing"} is a file, and never run`, async () => {
    await using house = await openHouse();
    const { at, link } = await prepared(house, { type, body: "<script>alert(1)</script>" });
    for (const response of [await house.ask("GET", at), await house.ask("GET", link, outside)]) {
      const { headers } = response;
      assertEquals(headers.get("content-type"), told);
      assertEquals(headers.get("x-content-type-options"), "nosniff");
      assertEquals(headers.get("content-security-policy"), "default-src 'none'; sandbox");
      assertEquals(
        headers.get("content-disposition"),
        `attachment; filename="a.txt"; filename*=UTF-8''a.txt`,
      );
      await response.body?.cancel();
    }
  });
}

const names: readonly (readonly [sent: string, kept: string])[] = [
  [`attachment; filename="a b.txt"`, "a b.txt"],
  [`attachment; filename=plain.txt`, "plain.txt"],
  [`attachment; filename="x"; filename*=UTF-8''%C3%BC.txt`, "ü.txt"],
  [`attachment; filename="\xc3\xbc.txt"`, "ü.txt"],
  [`attachment; filename="../../etc/passwd"`, "passwd"],
  [`attachment; filename="C:\\\\dir\\\\a.doc"`, "a.doc"],
  [`attachment; filename=".."`, "attachment"],
  [`attachment`, "attachment"],
  [`attachment; filename*=UTF-8''%ff.txt`, "attachment"],
  [`attachment; filename*=UTF-8''a%00%0d%0ab.txt`, "ab.txt"],
  [`attachment; filename="${"x".repeat(300)}.jpeg"`, `${"x".repeat(195)}.jpeg`],
];

for (const [sent, kept] of names) {
  Deno.test(`an attachment is called ${kept.slice(0, 20)} for ${sent.slice(0, 60)}`, async () => {
    await using house = await openHouse();
    const { at } = await prepared(house, { headers: { "content-disposition": sent } });
    assertEquals(decodeURIComponent(at.split("/").at(-1) ?? ""), kept);
    assertEquals(await text(house, at), "hello");
  });
}

Deno.test("a part of an attachment is told, and one that is there already is not", async () => {
  await using house = await openHouse();
  const body = Uint8Array.from({ length: 3_000_000 }, (_, index) => index % 251);
  const { at, link } = await prepared(house, { body });
  for (const [where, as] of [[at, "alice"], [link, null]] as const) {
    const ask = (headers: Ask["headers"]) => house.ask("GET", where, { as, headers });
    const part = await ask({ range: "bytes=2500000-2500002" });
    assertEquals([part.status, part.headers.get("content-range")], [
      206,
      "bytes 2500000-2500002/3000000",
    ]);
    assertEquals(new Uint8Array(await part.arrayBuffer()), body.slice(2_500_000, 2_500_003));
    const etag = part.headers.get("etag") ?? "";
    assertEquals(await status(ask({ "if-none-match": etag })), 304);
    assertEquals(await status(ask({ range: "bytes=3000000-" })), 416);
  }
});

Deno.test("attachments can be switched off, for all or for one, and nothing is lost", async () => {
  await using house = await openHouse();
  const { id, at, link } = await prepared(house);
  const object = await text(house, path);
  const alice = (await house.store.principalNamed("alice"))?.principal.id ?? 0;
  const turn = (principalId: number, on: boolean) =>
    house.store.commit([], [{ kind: "switch-service", service: "attachments", principalId, on }]);
  for (const principalId of [alice, 0]) {
    await turn(principalId, false);
    const linked = house.ask("GET", link, outside);
    for (const response of [attach(house), detach(house, id), house.ask("GET", at), linked]) {
      const { status, headers, body } = await response;
      assertEquals([status, headers.get("retry-after")], [503, "300"]);
      await body?.cancel();
    }
    assertEquals(await text(house, path), object);
    const changed = object.replace("SUMMARY:", "SUMMARY:New ");
    assertEquals(await status(put(house, path, changed)), 204);
    assertEquals(await status(put(house, path, object)), 204);
    await turn(principalId, true);
    assertEquals([await text(house, at), await text(house, link, outside)], ["hello", "hello"]);
  }
});
