import { assertEquals } from "@std/assert";
import { limits } from "../../src/limits.ts";
import { C, D, type XmlName } from "../../src/xml/names.ts";
import { type Ask, type House, multistatusOf, openHouse, preconditionOf } from "../harness.ts";

/** Folders of files: MKCOL, COPY, MOVE, DELETE and Depth (RFC 4918 §9). */

const home = "/dav/files/alice/";

/** Paths below the home; a folder's end with a slash, and a file holds its own path. */
async function build(house: House, paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    const folder = path.endsWith("/");
    const body = folder ? undefined : path;
    const { status } = await house.ask(folder ? "MKCOL" : "PUT", home + path, { body });
    assertEquals(status, 201, path);
  }
}

/** All paths below the home, and what the files hold. */
async function listing(house: House): Promise<Record<string, string>> {
  const headers = { depth: "infinity" };
  const { hrefs } = await multistatusOf(await house.ask("PROPFIND", home, { headers }));
  const found: Record<string, string> = {};
  for (const href of hrefs.toSorted()) {
    const response = href.endsWith("/") ? undefined : await house.ask("GET", href);
    found[href.slice(home.length)] = await response?.text() ?? "";
  }
  delete found[""];
  return found;
}

interface Case {
  readonly name: string;
  readonly there: readonly string[];
  readonly method: string;
  /** Below the home, or absolute. */
  readonly path: string;
  readonly to?: string;
  readonly ask?: Ask;
  readonly status: number;
  readonly precondition?: XmlName;
  /** What is there afterwards; the same as before where it is left out. */
  readonly gives?: Readonly<Record<string, string>>;
}

const tree = ["a/", "a/x", "a/b/", "a/b/y"];
const whole = { "a/": "", "a/b/": "", "a/b/y": "a/b/y", "a/x": "a/x" };
const copied = { "c/": "", "c/b/": "", "c/b/y": "a/b/y", "c/x": "a/x" };
const xml = (body: string): Ask => ({ headers: { "content-type": "application/xml" }, body });
const mkcol = (type: string): Ask =>
  xml(`<mkcol xmlns="DAV:"><set><prop><resourcetype>${type}</resourcetype></prop></set></mkcol>`);
const overwrite = (value: string): Ask => ({ headers: { overwrite: value } });
const depth = (value: string): Ask => ({ headers: { depth: value } });

const cases: readonly Case[] = [
  { name: "MKCOL", there: [], method: "MKCOL", path: "a/", status: 201, gives: { "a/": "" } },
  {
    name: "MKCOL without the slash",
    there: [],
    method: "MKCOL",
    path: "a",
    status: 201,
    gives: { "a/": "" },
  },
  { name: "MKCOL over a folder", there: ["a/"], method: "MKCOL", path: "a/", status: 405 },
  { name: "MKCOL over a file", there: ["a"], method: "MKCOL", path: "a", status: 405 },
  { name: "MKCOL without a parent", there: [], method: "MKCOL", path: "a/b/", status: 409 },
  { name: "MKCOL in a file", there: ["a"], method: "MKCOL", path: "a/b/", status: 409 },
  { name: "MKCOL of the home", there: [], method: "MKCOL", path: "", status: 405 },
  {
    name: "MKCOL with a body of another type",
    there: [],
    method: "MKCOL",
    path: "a/",
    ask: { headers: { "content-type": "text/plain" }, body: "x" },
    status: 415,
  },
  {
    name: "MKCOL with other XML",
    there: [],
    method: "MKCOL",
    path: "a/",
    ask: xml(`<propfind xmlns="DAV:"><allprop/></propfind>`),
    status: 415,
  },
  {
    name: "extended MKCOL",
    there: [],
    method: "MKCOL",
    path: "a/",
    ask: mkcol("<collection/>"),
    status: 201,
    gives: { "a/": "" },
  },
  {
    name: "extended MKCOL of a calendar",
    there: [],
    method: "MKCOL",
    path: "a/",
    ask: mkcol(`<collection/><calendar xmlns="urn:ietf:params:xml:ns:caldav"/>`),
    status: 403,
    precondition: D.validResourcetype,
  },
  {
    name: "COPY of a file",
    there: ["x"],
    method: "COPY",
    path: "x",
    to: "y",
    status: 201,
    gives: { x: "x", y: "x" },
  },
  {
    name: "COPY over a file",
    there: ["x", "y"],
    method: "COPY",
    path: "x",
    to: "y",
    status: 204,
    gives: { x: "x", y: "x" },
  },
  {
    name: "COPY over a file, not to overwrite",
    there: ["x", "y"],
    method: "COPY",
    path: "x",
    to: "y",
    ask: overwrite("F"),
    status: 412,
  },
  {
    name: "COPY, not to overwrite, where nothing is",
    there: ["x"],
    method: "COPY",
    path: "x",
    to: "y",
    ask: overwrite("F"),
    status: 201,
    gives: { x: "x", y: "x" },
  },
  {
    name: "COPY of a tree",
    there: tree,
    method: "COPY",
    path: "a/",
    to: "c/",
    status: 201,
    gives: { ...whole, ...copied },
  },
  {
    name: "COPY of a tree, without slashes",
    there: tree,
    method: "COPY",
    path: "a",
    to: "c",
    status: 201,
    gives: { ...whole, ...copied },
  },
  {
    name: "COPY of a folder alone",
    there: tree,
    method: "COPY",
    path: "a/",
    to: "c/",
    ask: depth("0"),
    status: 201,
    gives: { ...whole, "c/": "" },
  },
  {
    name: "COPY of a tree over a tree: nothing of the old one stays",
    there: [...tree, "c/", "c/old", "c/b/", "c/b/z"],
    method: "COPY",
    path: "a/",
    to: "c/",
    status: 204,
    gives: { ...whole, ...copied },
  },
  {
    name: "COPY of a tree over a file",
    there: [...tree, "c"],
    method: "COPY",
    path: "a/",
    to: "c",
    status: 204,
    gives: { ...whole, ...copied },
  },
  {
    name: "COPY of a file over a tree",
    there: [...tree, "x"],
    method: "COPY",
    path: "x",
    to: "a",
    status: 204,
    gives: { x: "x", a: "x" },
  },
  {
    name: "COPY of a tree over a tree, not to overwrite",
    there: [...tree, "c/"],
    method: "COPY",
    path: "a/",
    to: "c/",
    ask: overwrite("F"),
    status: 412,
  },
  { name: "COPY to itself", there: ["x"], method: "COPY", path: "x", to: "x", status: 403 },
  { name: "COPY into itself", there: tree, method: "COPY", path: "a/", to: "a/b/c/", status: 403 },
  {
    name: "COPY over its parent",
    there: tree,
    method: "COPY",
    path: "a/b/",
    to: "a/",
    status: 403,
  },
  {
    name: "COPY without a parent",
    there: ["x"],
    method: "COPY",
    path: "x",
    to: "n/y",
    status: 409,
  },
  {
    name: "COPY to Depth 1",
    there: tree,
    method: "COPY",
    path: "a",
    to: "c",
    ask: depth("1"),
    status: 400,
  },
  { name: "COPY of nothing", there: [], method: "COPY", path: "x", to: "y", status: 404 },
  { name: "COPY of the home", there: ["x"], method: "COPY", path: "", to: "y", status: 403 },
  { name: "COPY over the home", there: ["x"], method: "COPY", path: "x", to: "", status: 403 },
  {
    name: "MOVE of a file",
    there: ["x"],
    method: "MOVE",
    path: "x",
    to: "y",
    status: 201,
    gives: { y: "x" },
  },
  {
    name: "MOVE over a file",
    there: ["x", "y"],
    method: "MOVE",
    path: "x",
    to: "y",
    status: 204,
    gives: { y: "x" },
  },
  {
    name: "MOVE over a file, not to overwrite",
    there: ["x", "y"],
    method: "MOVE",
    path: "x",
    to: "y",
    ask: overwrite("F"),
    status: 412,
  },
  {
    name: "MOVE of a tree",
    there: tree,
    method: "MOVE",
    path: "a/",
    to: "c/",
    status: 201,
    gives: copied,
  },
  {
    name: "MOVE of a tree into another",
    there: [...tree, "d/"],
    method: "MOVE",
    path: "a/b/",
    to: "d/e/",
    status: 201,
    gives: { "a/": "", "a/x": "a/x", "d/": "", "d/e/": "", "d/e/y": "a/b/y" },
  },
  {
    name: "MOVE of a tree over a tree",
    there: [...tree, "c/", "c/old"],
    method: "MOVE",
    path: "a/",
    to: "c/",
    status: 204,
    gives: copied,
  },
  { name: "MOVE into itself", there: tree, method: "MOVE", path: "a/", to: "a/b/c/", status: 403 },
  {
    name: "MOVE over its parent",
    there: tree,
    method: "MOVE",
    path: "a/b/",
    to: "a/",
    status: 403,
  },
  { name: "MOVE to itself", there: tree, method: "MOVE", path: "a/", to: "a", status: 403 },
  {
    name: "MOVE with Depth 0",
    there: tree,
    method: "MOVE",
    path: "a/",
    to: "c/",
    ask: depth("0"),
    status: 400,
  },
  {
    name: "MOVE without a parent",
    there: ["x"],
    method: "MOVE",
    path: "x",
    to: "n/y",
    status: 409,
  },
  {
    name: "MOVE to another host",
    there: ["x"],
    method: "MOVE",
    path: "x",
    to: `http://elsewhere.test${home}y`,
    status: 502,
  },
  {
    name: "COPY to the same host, spelled otherwise",
    there: ["x"],
    method: "COPY",
    path: "x",
    to: `http://LOCALHOST:80${home}%79`,
    status: 201,
    gives: { x: "x", y: "x" },
  },
  {
    name: "MOVE to somebody else's",
    there: ["x"],
    method: "MOVE",
    path: "x",
    to: "/dav/files/bob/x",
    status: 403,
    precondition: D.needPrivileges,
  },
  {
    name: "COPY of a note into a calendar",
    there: ["x"],
    method: "COPY",
    path: "x",
    to: "/dav/calendars/alice/calendar/x.ics",
    status: 403,
    precondition: C.validCalendarData,
  },
  {
    name: "MOVE to nowhere",
    there: ["x"],
    method: "MOVE",
    path: "x",
    to: "/elsewhere/x",
    status: 403,
  },
  { name: "MOVE without Destination", there: ["x"], method: "MOVE", path: "x", status: 400 },
  {
    name: "MOVE with another Overwrite",
    there: ["x"],
    method: "MOVE",
    path: "x",
    to: "y",
    ask: overwrite("maybe"),
    status: 400,
  },
  {
    name: "DELETE of a tree",
    there: [...tree, "z"],
    method: "DELETE",
    path: "a/",
    status: 204,
    gives: { z: "z" },
  },
  { name: "DELETE of the home", there: ["x"], method: "DELETE", path: "", status: 403 },
];

for (const { name, there, method, path, to, ask, status, precondition, gives } of cases) {
  Deno.test(`files: ${name}: ${status}`, async () => {
    await using house = await openHouse();
    await build(house, there);
    const before = await listing(house);
    const destination: Ask["headers"] = to === undefined
      ? {}
      : { destination: /^\/|:/.test(to) ? to : home + to };
    const headers = { ...destination, ...ask?.headers };
    const response = await house.ask(method, home + path, { ...ask, headers });
    const told = await preconditionOf(response);
    assertEquals([response.status, told], [status, precondition]);
    assertEquals(await listing(house), gives ?? before);
  });
}

Deno.test("files: a copy is another file, and one that was moved is the same", async () => {
  await using house = await openHouse();
  const put = await house.ask("PUT", `${home}x`, { body: "1" });
  const etag = put.headers.get("etag");
  const copy = await house.ask("COPY", `${home}x`, { headers: { destination: `${home}y` } });
  await house.ask("PUT", `${home}x`, { body: "2" });
  assertEquals(await (await house.ask("GET", `${home}y`)).text(), "1");
  assertEquals(copy.headers.get("etag") === etag, false);
  const before = (await house.ask("HEAD", `${home}x`)).headers.get("etag");
  const moved = await house.ask("MOVE", `${home}x`, { headers: { destination: `${home}z` } });
  assertEquals(moved.headers.get("etag"), before);
});

Deno.test("files: a large file is copied and outlives the original", async () => {
  await using house = await openHouse();
  const body = "0123456789abcdef".repeat(limits.inlineBytes / 8);
  await house.ask("PUT", `${home}x`, { body });
  await house.ask("COPY", `${home}x`, { headers: { destination: `${home}y` } });
  await house.ask("DELETE", `${home}x`);
  const copy = await house.ask("GET", `${home}y`);
  assertEquals(await copy.text() === body, true);
});

Deno.test("files: Depth infinity tells of so many, and beyond refuses", async () => {
  await using house = await openHouse();
  await build(house, tree);
  const infinite = { headers: { depth: "infinity" } };
  const { hrefs } = await multistatusOf(await house.ask("PROPFIND", home, infinite));
  assertEquals(hrefs.toSorted(), ["", ...tree].map((path) => home + path).toSorted());
  const unsaid = await multistatusOf(await house.ask("PROPFIND", home));
  assertEquals(unsaid.hrefs.length, hrefs.length);

  const place = { kind: "tree", home: "files", owner: "alice", segments: [] } as const;
  const collectionId = (await house.store.load({ asker: 0, place })).chain[0]?.id ?? 0;
  const changes = Array.from({ length: limits.infinityMembers }, (_, index) => ({
    kind: "put-object",
    collectionId,
    replaces: false,
    object: {
      name: `f${index}`,
      etag: `"${index}"`,
      contentType: "text/plain",
      sizeBytes: 0,
      participants: [],
      body: "",
      blobs: [],
      modified: 0,
    },
  } as const));
  await house.store.commit([], changes);
  const refused = await house.ask("PROPFIND", home, infinite);
  assertEquals([refused.status, await preconditionOf(refused)], [403, D.propfindFiniteDepth]);
  const shallow = await multistatusOf(
    await house.ask("PROPFIND", home, { headers: { depth: "1" } }),
  );
  assertEquals(shallow.hrefs.length, limits.infinityMembers + 2);
});
