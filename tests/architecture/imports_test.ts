import { assert, assertEquals, assertFalse } from "@std/assert";
import { circles, importsOf, namingDeno, reached, type Source, wrongImports } from "./imports.ts";

const root = new URL("../../", import.meta.url);
const sources = [...await sourcesIn("src/"), ...await sourceAt("main.ts")];

Deno.test("imports: none points the wrong way", () => {
  assertEquals(wrongImports(sources), []);
});

Deno.test("imports: none run in a circle", () => {
  assertEquals(circles(sources), []);
});

Deno.test("imports: only main.ts and src/cli name Deno", () => {
  assertEquals(namingDeno(sources), []);
});

Deno.test("imports: the worker loads no native code", () => {
  const loaded = reached(sources, "src/worker.ts");
  assert(loaded.has("@libsql/client/web"), "the worker's database client is not among them");
  assertFalse(loaded.has("libsql"));
});

const wrong: readonly { name: string; path: string; text: string; says: string }[] = [
  {
    name: "a room and a door",
    path: "src/calendar/put.ts",
    text: `import { multistatus } from "../dav/multistatus.ts";`,
    says: "calendar may import",
  },
  {
    name: "a door and another door",
    path: "src/files/put.ts",
    text: `import {\n  a,\n  type b,\n} from "../caldav/put.ts";`,
    says: "files may import",
  },
  {
    name: "protocol pieces and a door",
    path: "src/dav/put.ts",
    text: `export * from "../caldav/put.ts";`,
    says: "dav may import",
  },
  {
    name: "ground and a room",
    path: "src/store/rows.ts",
    text: `import type { Rule } from "../ical/rule.ts";`,
    says: "store may import",
  },
  {
    name: "a room and the database",
    path: "src/calendar/put.ts",
    text: `import type { Row } from "../store/rows.ts";`,
    says: "only types, of src/store/store.ts and src/store/questions.ts",
  },
  {
    name: "a door and a value of the interface",
    path: "src/dav/put.ts",
    text: `import { type Store, open } from "../store/store.ts";`,
    says: "only types, of src/store/store.ts and src/store/questions.ts",
  },
  {
    name: "a noun that imports",
    path: "src/refusal.ts",
    text: `import type { Principal } from "./model.ts";`,
    says: "refusal.ts may import",
  },
  {
    name: "XML beyond its names",
    path: "src/ical/parse.ts",
    text: `import { parse } from "../xml/parse.ts";`,
    says: "ical may import",
  },
  {
    name: "another's package",
    path: "src/caldav/put.ts",
    text: `import ICAL from "ical.js";`,
    says: "this belongs to ical",
  },
  {
    name: "a part of another's package",
    path: "src/access/basic.ts",
    text: `import { basicAuth } from "hono/basic-auth";`,
    says: "this belongs to app.ts",
  },
  {
    name: "a package when it is used",
    path: "src/caldav/put.ts",
    text: `const ical = await import("ical.js");`,
    says: "this belongs to ical",
  },
  {
    name: "a package for its effect",
    path: "src/worker.ts",
    text: `import "libsql";`,
    says: "this belongs to store",
  },
  {
    name: "a package of nobody",
    path: "src/http/uuid.ts",
    text: `import { v4 } from "uuid";`,
    says: "this belongs to nobody",
  },
  {
    name: "a builtin of Node",
    path: "src/dav/body.ts",
    text: `import { Buffer } from "node:buffer";`,
    says: "this belongs to access,http",
  },
  {
    name: "a folder without a row",
    path: "src/helpers/text.ts",
    text: `import { Refusal } from "../refusal.ts";`,
    says: "helpers has no row",
  },
];

for (const { name, says, ...source } of wrong) {
  Deno.test(`imports: refused, ${name}`, () => {
    const [complaint = "nothing wrong", ...more] = wrongImports([source]);
    assert(complaint.includes(says), complaint);
    assertEquals(more, []);
  });
}

Deno.test("imports: allowed are inner folders, nouns, and types of the store", () => {
  const text = `
    // import { a } from "../cli/a.ts";
    /* import { b } from "../cli/b.ts"; */
    import { decidePut } from "../calendar/decide_put.ts";
    import { Refusal } from "../refusal.ts";
    import { type Snapshot } from "../store/questions.ts";
import { type Store } from "../store/store.ts";
    const url = "http://x";
  `;
  assertEquals(wrongImports([{ path: "src/caldav/put.ts", text }]), []);
});

Deno.test("imports: a list of types loads nothing, a list with one value does", () => {
  const typesOnly = (text: string) =>
    importsOf({ path: "src/a.ts", text }).map((one) => one.typesOnly);
  assertEquals(typesOnly(`import type { A } from "./b.ts";`), [true]);
  assertEquals(typesOnly(`import { type A, type B, } from "./b.ts";`), [true]);
  assertEquals(typesOnly(`import { type A, b } from "./b.ts";`), [false]);
  assertEquals(typesOnly(`export * from "./b.ts";`), [false]);
  assertEquals(typesOnly(`import b, { type A } from "./b.ts";`), [false]);
});

Deno.test("imports: a circle is found, from whatever place it is entered", () => {
  const ring = [
    { path: "src/z.ts", text: `import "./a.ts";` },
    { path: "src/a.ts", text: `import type { C } from "./b.ts";` },
    { path: "src/b.ts", text: `export { x } from "./a.ts";` },
  ];
  assertEquals(circles(ring), ["src/a.ts → src/b.ts → src/a.ts"]);
});

Deno.test("imports: naming Deno is found in code, not in comments and strings", () => {
  const naming = (path: string, text: string) => namingDeno([{ path, text }]).length > 0;
  assert(naming("src/store/file.ts", `const args = Deno.args;`));
  assertFalse(naming("src/store/file.ts", `// As Deno has it.\nconst host = "Deno";`));
  assertFalse(naming("src/cli/serve.ts", `Deno.serve(fetch);`));
});

async function sourcesIn(folder: string): Promise<Source[]> {
  const entries = await Array.fromAsync(Deno.readDir(new URL(folder, root)));
  const found = await Promise.all(entries.map(({ name, isDirectory }) => {
    if (isDirectory) return sourcesIn(`${folder}${name}/`);
    return /\.tsx?$/.test(name) ? sourceAt(folder + name) : [];
  }));
  return found.flat();
}

async function sourceAt(path: string): Promise<Source[]> {
  return [{ path, text: await Deno.readTextFile(new URL(path, root)) }];
}
