import { assertEquals } from "@std/assert";
import { limits } from "../../src/limits.ts";
import { D, xmlLang, type XmlName } from "../../src/xml/names.ts";
import { childNamed, type XmlElement } from "../../src/xml/tree.ts";
import { documentXml } from "../../src/xml/write.ts";
import { propfind } from "../clients/bodies.ts";
import { type House, multistatusOf, openHouse, preconditionOf, xmlOf } from "../harness.ts";

/** Dead properties come back as they were set (RFC 4918 §4.3, §9.2, §14.26). */

const home = "/dav/files/alice/";
const path = `${home}x`;

const update = (instructions: string): string =>
  `<D:propertyupdate xmlns:D="DAV:" xmlns:t="urn:top">${instructions}</D:propertyupdate>`;
const set = (...properties: readonly string[]): string =>
  `<D:set><D:prop>${properties.join("")}</D:prop></D:set>`;
const remove = (...properties: readonly string[]): string =>
  `<D:remove><D:prop>${properties.join("")}</D:prop></D:remove>`;

async function patch(house: House, body: string, at = path) {
  const found = await multistatusOf(await house.ask("PROPPATCH", at, { body: update(body) }));
  const [response] = found.responses;
  if (!response) throw new Error("there is no DAV:response");
  return response;
}

async function read(house: House, name: XmlName, at = path): Promise<XmlElement | undefined> {
  const body = documentXml(propfind(name));
  const { responses: [found] } = await multistatusOf(
    await house.ask("PROPFIND", at, { headers: { depth: "0" }, body }),
  );
  return found?.prop(name);
}

interface Kept {
  readonly name: string;
  /** The property as it is set. */
  readonly xml: string;
  /** As it comes back, in any spelling that means the same. */
  readonly gives: XmlElement;
}

const text = (name: XmlName, ...children: XmlElement["children"]): XmlElement => ({
  name,
  attributes: {},
  children,
});

const kept: readonly Kept[] = [
  {
    name: "text with blanks, references and lines",
    xml: `<t:a>  a &amp; b &lt;\n\tü &#x1F600; &#13; </t:a>`,
    gives: text("{urn:top}a", "  a & b <\n\tü 😀 \r "),
  },
  {
    name: "a prefix that is declared inside",
    xml: `<p:a xmlns:p="urn:p"><p:b/><q xmlns="urn:q"/></p:a>`,
    gives: text("{urn:p}a", text("{urn:p}b"), text("{urn:q}q")),
  },
  {
    name: "a default namespace that is taken back",
    xml: `<a xmlns="urn:a"><b xmlns=""><c/></b></a>`,
    gives: text("{urn:a}a", text("{}b", text("{}c"))),
  },
  { name: "no namespace at all", xml: `<a xmlns="">1</a>`, gives: text("{}a", "1") },
  {
    name: "a namespace that is no URI",
    xml: `<a xmlns="http://example.test/?a=1&amp;b=&quot;2&quot;">1</a>`,
    gives: text(`{http://example.test/?a=1&b="2"}a`, "1"),
  },
  {
    name: "attributes, with and without a namespace",
    xml: `<t:a b="1" t:b=" 2 &#10;" xml:space="preserve"/>`,
    gives: {
      name: "{urn:top}a",
      attributes: {
        b: "1",
        "{urn:top}b": " 2 \n",
        "{http://www.w3.org/XML/1998/namespace}space": "preserve",
      },
      children: [],
    },
  },
  {
    name: "mixed content and CDATA",
    xml: `<t:a>one <t:b>two</t:b><![CDATA[ <three> ]]>&#32;</t:a>`,
    gives: text("{urn:top}a", "one ", text("{urn:top}b", "two"), " <three>  "),
  },
  {
    name: "a language of its own",
    xml: `<t:a xml:lang="de-AT">Servus</t:a>`,
    gives: { name: "{urn:top}a", attributes: { [xmlLang]: "de-AT" }, children: ["Servus"] },
  },
  {
    name: "nothing inside",
    xml: `<t:a></t:a>`,
    gives: text("{urn:top}a"),
  },
  {
    name: "an unknown name in DAV:",
    xml: `<D:invented><D:href>/x</D:href></D:invented>`,
    gives: text("{DAV:}invented", text(D.href, "/x")),
  },
];

for (const { name, xml, gives } of kept) {
  Deno.test(`a dead property is kept: ${name}`, async () => {
    await using house = await openHouse();
    await house.ask("PUT", path, { body: "1" });
    const told = await patch(house, set(xml));
    assertEquals([told.href, told.statusOf(gives.name)], [path, 200]);
    assertEquals(await read(house, gives.name), gives);
    await house.ask("COPY", path, { headers: { destination: `${home}y` } });
    assertEquals(await read(house, gives.name, `${home}y`), gives, "after COPY");
    await house.ask("MOVE", `${home}y`, { headers: { destination: `${home}z` } });
    assertEquals(await read(house, gives.name, `${home}z`), gives, "after MOVE");
    await house.ask("PUT", path, { body: "2" });
    assertEquals(await read(house, gives.name), gives, "after PUT");
  });
}

Deno.test("a language that is said further out is the property's own", async () => {
  await using house = await openHouse();
  await house.ask("PUT", path, { body: "1" });
  await patch(house, `<D:set xml:lang="en"><D:prop xml:lang="fr"><t:a>1</t:a></D:prop></D:set>`);
  assertEquals((await read(house, "{urn:top}a"))?.attributes, { [xmlLang]: "fr" });
  await patch(house, `<D:set xml:lang="en"><D:prop><t:a>1</t:a></D:prop></D:set>`);
  assertEquals((await read(house, "{urn:top}a"))?.attributes, { [xmlLang]: "en" });
});

Deno.test("properties of a folder and of all that is in it are copied and moved", async () => {
  await using house = await openHouse();
  await house.ask("MKCOL", `${home}a/`);
  await house.ask("MKCOL", `${home}a/b/`);
  await house.ask("PUT", `${home}a/b/c`, { body: "1" });
  const paths = ["", "b/", "b/c"];
  for (const one of paths) await patch(house, set(`<t:a>${one}</t:a>`), `${home}a/${one}`);
  await house.ask("COPY", `${home}a/`, { headers: { destination: `${home}d/` } });
  await house.ask("MOVE", `${home}d/`, { headers: { destination: `${home}e/` } });
  for (const one of paths) {
    const gives = text("{urn:top}a", ...(one === "" ? [] : [one]));
    assertEquals(await read(house, "{urn:top}a", `${home}a/${one}`), gives);
    assertEquals(await read(house, "{urn:top}a", `${home}e/${one}`), gives);
  }
});

Deno.test("a new file at the place of a deleted one has none of its properties", async () => {
  await using house = await openHouse();
  await house.ask("PUT", path, { body: "1" });
  await patch(house, set("<t:a>1</t:a>"));
  await house.ask("DELETE", path);
  await house.ask("PUT", path, { body: "1" });
  assertEquals(await read(house, "{urn:top}a"), undefined);
  await patch(house, set("<t:a>1</t:a>"));
  await house.ask("PUT", `${home}y`, { body: "1" });
  await house.ask("COPY", `${home}y`, { headers: { destination: path } });
  assertEquals(await read(house, "{urn:top}a"), undefined, "what COPY replaces, goes");
});

interface Ordered {
  readonly name: string;
  readonly body: string;
  readonly gives: string | undefined;
}

const ordered: readonly Ordered[] = [
  { name: "the last one counts", body: set("<t:a>1</t:a>", "<t:a>2</t:a>"), gives: "2" },
  { name: "set, then remove", body: set("<t:a>1</t:a>") + remove("<t:a/>"), gives: undefined },
  { name: "remove, then set", body: remove("<t:a/>") + set("<t:a>3</t:a>"), gives: "3" },
  { name: "remove of what is not there", body: remove("<t:b/>"), gives: "0" },
];

for (const { name, body, gives } of ordered) {
  Deno.test(`PROPPATCH in document order: ${name}`, async () => {
    await using house = await openHouse();
    await house.ask("PUT", path, { body: "1" });
    await patch(house, set("<t:a>0</t:a>"));
    const { propstats } = await patch(house, body);
    assertEquals(propstats, [200]);
    assertEquals((await read(house, "{urn:top}a"))?.children.join(""), gives);
  });
}

Deno.test("PROPPATCH carries out all, or nothing: the others are 424", async () => {
  await using house = await openHouse();
  await house.ask("PUT", path, { body: "1" });
  const body = update(set("<t:a>1</t:a>", "<D:getetag>x</D:getetag>") + remove("<t:b/>"));
  const response = await house.ask("PROPPATCH", path, { body });
  const { responses: [found] } = await multistatusOf(response);
  assertEquals(found?.statusOf("{urn:top}a"), 424);
  assertEquals(found?.statusOf("{urn:top}b"), 424);
  assertEquals(found?.statusOf(D.getetag), 403);
  assertEquals(await read(house, "{urn:top}a"), undefined);
});

Deno.test("PROPPATCH: a resource has so many properties, and so much in them", async () => {
  await using house = await openHouse();
  await house.ask("PUT", path, { body: "1" });
  const numbered = (from: number, count: number) =>
    Array.from({ length: count }, (_, index) => `<t:a${from + index}/>`);
  const all = await patch(house, set(...numbered(0, limits.properties)));
  assertEquals(all.propstats, [200]);
  const ask = (body: string) => house.ask("PROPPATCH", path, { body: update(body) });
  assertEquals((await ask(set("<t:one-more/>"))).status, 507);
  assertEquals((await ask(set(...numbered(0, limits.properties + 1)))).status, 400);
  assertEquals((await ask(remove("<t:a0/>") + set("<t:instead/>"))).status, 207);
  await ask(remove(...numbered(0, limits.properties)));
  const long = "x".repeat(limits.propertyChars);
  assertEquals((await ask(set(`<t:long>${long}</t:long>`))).status, 507);
  assertEquals(await read(house, "{urn:top}long"), undefined);
});

Deno.test("PROPFIND of propname names dead properties without what they hold", async () => {
  await using house = await openHouse();
  await house.ask("PUT", path, { body: "1" });
  await patch(house, set("<t:a>secret</t:a>"));
  const body = `<propfind xmlns="DAV:"><propname/></propfind>`;
  const root = await xmlOf(await house.ask("PROPFIND", path, { headers: { depth: "0" }, body }));
  assertEquals(JSON.stringify(root).includes("secret"), false);
  const everything = await multistatusOf(
    await house.ask("PROPFIND", path, { headers: { depth: "0" } }),
  );
  assertEquals(everything.responses[0]?.text("{urn:top}a"), "secret");
  assertEquals(childNamed(root, D.response) !== undefined, true);
});

/** What one account may store, in bytes. */
const quotaBytes = 1_000_000;
const streamed = (sizeBytes: number) =>
  ReadableStream.from([new Uint8Array(sizeBytes / 2), new Uint8Array(sizeBytes / 2)]);

interface Storing {
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly body?: () => BodyInit;
  readonly status: number;
}

const storing: readonly Storing[] = [
  { name: "what fits", method: "PUT", path: "y", body: () => new Uint8Array(400_000), status: 201 },
  {
    name: "what is too much",
    method: "PUT",
    path: "y",
    body: () => new Uint8Array(400_001),
    status: 507,
  },
  {
    name: "what is too much, streamed",
    method: "PUT",
    path: "y",
    body: () => streamed(400_002),
    status: 507,
  },
  {
    name: "what is far too much, streamed",
    method: "PUT",
    path: "y",
    body: () => streamed(8_000_000),
    status: 507,
  },
  {
    name: "what replaces as much",
    method: "PUT",
    path: "x",
    body: () => new Uint8Array(1_000_000),
    status: 204,
  },
  { name: "a copy", method: "COPY", path: "x", status: 507 },
  { name: "a copy of a folder", method: "COPY", path: "a/", status: 507 },
  { name: "a move", method: "MOVE", path: "x", status: 201 },
];

for (const { name, method, path: at, body, status } of storing) {
  Deno.test(`quota: ${name}: ${status}`, async () => {
    await using house = await openHouse({ settings: { quotaBytes } });
    await house.ask("MKCOL", `${home}a/`);
    await house.ask("PUT", at === "a/" ? `${home}a/x` : path, { body: new Uint8Array(600_000) });
    const headers: Record<string, string> = body ? {} : { destination: `${home}z` };
    const response = await house.ask(method, home + at, { headers, body: body?.() });
    const told = await preconditionOf(response);
    assertEquals([response.status, told], [
      status,
      status === 507 ? D.quotaNotExceeded : undefined,
    ]);
    if (status === 507) {
      for (const none of ["y", "z"]) {
        assertEquals((await house.ask("GET", home + none)).status, 404);
      }
    }
  });
}

Deno.test("quota: what is free and used is told", async () => {
  await using house = await openHouse({ settings: { quotaBytes } });
  await house.ask("PUT", path, { body: new Uint8Array(600_000) });
  assertEquals((await read(house, D.quotaUsedBytes, home))?.children, ["600000"]);
  assertEquals((await read(house, D.quotaAvailableBytes, home))?.children, ["400000"]);
});
