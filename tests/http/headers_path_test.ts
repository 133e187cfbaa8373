import { assertEquals, assertThrows } from "@std/assert";
import { encodeSegment, pathSegments } from "../../src/http/path.ts";
import { limits } from "../../src/limits.ts";
import { Refusal } from "../../src/refusal.ts";
import { seededCases } from "../seeded.ts";

const paths: Readonly<Record<string, readonly string[]>> = {
  "/": [],
  "//": [],
  "/dav/calendars/alice": ["dav", "calendars", "alice"],
  "/dav/calendars/alice/": ["dav", "calendars", "alice"],
  "///dav//a///": ["dav", "a"],
  "/user@host": ["user@host"],
  "/user%40host": ["user@host"],
  "/user%2540host": ["user%40host"],
  "/a%2Fb/c%2fd": ["a/b", "c/d"],
  "/%2F": ["/"],
  "/%20a%20/b+c": [" a ", "b+c"],
  "/gr%C3%BC%C3%9Fe/%F0%9F%98%80": ["grüße", "😀"],
  "/größe": ["größe"],
  "/e%CC%81/%C3%A9": ["e\u0301", "\u00e9"],
  "/.a/..b/c./.../%2e%2e%2e": [".a", "..b", "c.", "...", "..."],
  "/a;b=c,d:e&f='(g)*!$": ["a;b=c,d:e&f='(g)*!$"],
  "/a%5Cb/{c}/%3F%23": ["a\\b", "{c}", "?#"],
};

for (const [path, gives] of Object.entries(paths)) {
  Deno.test(`pathSegments: ${path}`, () => assertEquals(pathSegments(path), gives));
}

const refused = [
  "",
  "*",
  "dav/",
  "http://host/dav/",
  "/%",
  "/%2",
  "/%zz",
  "/%u0041",
  "/a%00b",
  "/a\0b",
  "/a%0Ab",
  "/a%1fb",
  "/a%7Fb",
  "/%FF",
  "/%C3",
  "/%C0%AF",
  "/%ED%A0%80",
  "/.",
  "/..",
  "/a/../b",
  "/a/%2e/b",
  "/a/%2E%2e/b",
  "/a/.%2e",
  "/a/..%2fb",
  "/a%2F..%2Fb",
  "/a%2f.",
];

const long: readonly (readonly [name: string, path: string, status?: number])[] = [
  ["as deep as allowed", "/a".repeat(limits.pathSegments)],
  ["too deep", "/a".repeat(limits.pathSegments + 1), 414],
  ["a name as long as allowed", `/${"%C3%BC".repeat(limits.segmentChars)}`],
  ["too long a name", `/a/${"x".repeat(limits.segmentChars + 1)}`, 414],
];

for (const [name, path, status] of long) {
  Deno.test(`pathSegments: ${name}`, () => {
    if (status === undefined) pathSegments(path);
    else assertEquals(assertThrows(() => pathSegments(path), Refusal).status, status);
  });
}

for (const path of refused) {
  Deno.test(`pathSegments: 400, ${JSON.stringify(path)}`, () => {
    assertEquals(assertThrows(() => pathSegments(path), Refusal).status, 400);
  });
}

const segments: Readonly<Record<string, string>> = {
  "Azaz09-._~": "Azaz09-._~",
  "user@host": "user@host",
  "user%40host": "user%2540host",
  "a b+c": "a%20b%2Bc",
  "a/b": "a%2Fb",
  "größe": "gr%C3%B6%C3%9Fe",
  "!$&'()*,;=:": "%21%24%26%27%28%29%2A%2C%3B%3D%3A",
};

for (const [name, gives] of Object.entries(segments)) {
  Deno.test(`encodeSegment: ${name}`, () => {
    assertEquals(encodeSegment(name), gives);
    assertEquals(pathSegments(`/${gives}`), [name]);
  });
}

Deno.test("encodeSegment: whatever a name holds, it is read again as it was", () => {
  for (const { seed, random } of seededCases(500, 20_000)) {
    const character = () => random.pick([0x20, 0xa0, 0x4e00, 0x1f600]) + random.int(0x5f);
    const name = "x" + String.fromCodePoint(...Array.from({ length: 6 }, character));
    assertEquals(pathSegments(`/${encodeSegment(name)}/`), [name], `seed ${seed}`);
  }
});
