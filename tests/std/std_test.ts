import {
  assert,
  assertArrayIncludes,
  assertEquals,
  AssertionError,
  assertMatch,
  assertObjectMatch,
  assertRejects,
  assertStrictEquals,
  assertThrows,
  fail,
} from "@std/assert";
import { afterAll, afterEach, beforeAll, beforeEach, describe, it } from "@std/testing/bdd";
import { equal } from "./equal.ts";

class Box {
  constructor(readonly width: number) {}
}

const bytes = (...values: number[]) => new Uint8Array(values);

const circle = (label: string) => {
  const ring: { label: string; self?: unknown } = { label };
  ring.self = ring;
  return ring;
};

const pairs: readonly { name: string; a: unknown; b: unknown; equal: boolean }[] = [
  { name: "NaN", a: NaN, b: NaN, equal: true },
  { name: "null and an object", a: null, b: {}, equal: false },
  { name: "nested", a: { x: [1, { y: 2 }] }, b: { x: [1, { y: 2 }] }, equal: true },
  {
    name: "nested, deep difference",
    a: { x: [1, { y: 2 }] },
    b: { x: [1, { y: 3 }] },
    equal: false,
  },
  { name: "order of keys", a: { x: 1, y: 2 }, b: { y: 2, x: 1 }, equal: true },
  { name: "a key more", a: { x: 1 }, b: { x: 1, y: 2 }, equal: false },
  { name: "an undefined key", a: {}, b: { x: undefined }, equal: false },
  { name: "undefined under another key", a: { y: undefined }, b: { x: undefined }, equal: false },
  { name: "an array and its like", a: [1], b: { 0: 1 }, equal: false },
  { name: "longer array", a: [1], b: [1, 2], equal: false },
  { name: "empty slots", a: new Array(1), b: new Array(2), equal: false },
  { name: "instance and plain object", a: new Box(1), b: { width: 1 }, equal: false },
  { name: "bytes", a: bytes(1, 2), b: bytes(1, 2), equal: true },
  { name: "other bytes", a: bytes(1, 2), b: bytes(1, 3), equal: false },
  { name: "buffers", a: bytes(1).buffer, b: bytes(1).buffer, equal: true },
  { name: "other buffers", a: bytes(1).buffer, b: bytes(2).buffer, equal: false },
  {
    name: "views",
    a: new DataView(bytes(1).buffer),
    b: new DataView(bytes(2).buffer),
    equal: false,
  },
  { name: "dates, a ms apart", a: new Date(1), b: new Date(2), equal: false },
  { name: "patterns", a: /a/, b: /a/i, equal: false },
  { name: "URLs", a: new URL("x:1"), b: new URL("x:2"), equal: false },
  { name: "headers", a: new Headers({ a: "1" }), b: new Headers({ A: "1" }), equal: true },
  { name: "other headers", a: new Headers({ a: "1" }), b: new Headers({ a: "2" }), equal: false },
  { name: "errors", a: new Error("x"), b: new Error("x"), equal: true },
  { name: "errors, other message", a: new Error("x"), b: new Error("y"), equal: false },
  { name: "sets of objects", a: new Set([{ x: 1 }]), b: new Set([{ x: 1 }]), equal: true },
  { name: "other sets", a: new Set([{ x: 1 }]), b: new Set([{ x: 2 }]), equal: false },
  {
    name: "maps in another order",
    a: new Map([[1, 2], [3, 4]]),
    b: new Map([[3, 4], [1, 2]]),
    equal: true,
  },
  {
    name: "other maps",
    a: new Map([["k", { x: 1 }]]),
    b: new Map([["k", { x: 2 }]]),
    equal: false,
  },
  { name: "circles", a: circle("a"), b: circle("a"), equal: true },
  { name: "other circles", a: circle("a"), b: circle("b"), equal: false },
];

for (const { name, a, b, equal: expected } of pairs) {
  Deno.test(`equal: ${name}`, () => {
    assertStrictEquals(equal(a, b), expected);
    assertStrictEquals(equal(b, a), expected);
  });
}

const failures: readonly { name: string; run: () => void; says: RegExp }[] = [
  { name: "assert", run: () => assert(0), says: /truthy/ },
  { name: "fail", run: () => fail("here"), says: /here/ },
  {
    name: "assertEquals",
    run: () => assertEquals({ x: 1 }, { x: 2 }, "boxes"),
    says: /2[^]*boxes/,
  },
  {
    name: "assertEquals where node's finds no difference",
    run: () => assertEquals(new Error("one"), new Error("two")),
    says: /one[^]*two/,
  },
  {
    name: "assertStrictEquals",
    run: () => assertStrictEquals<unknown>([], []),
    says: /same value/,
  },
  { name: "assertMatch", run: () => assertMatch("abc", /d/), says: /abc/ },
  { name: "assertArrayIncludes", run: () => assertArrayIncludes([1, 2], [2, 3]), says: /\[ 3 \]/ },
  {
    name: "assertObjectMatch",
    run: () => assertObjectMatch({ x: { y: 1 } }, { x: { y: 2 } }),
    says: /2/,
  },
  { name: "assertObjectMatch, no such key", run: () => assertObjectMatch({}, { x: 1 }), says: /1/ },
  { name: "assertThrows of nothing", run: () => void assertThrows(() => {}), says: /to throw/ },
  {
    name: "assertThrows of another class",
    run: () => void assertThrows(() => fail(), TypeError),
    says: /TypeError/,
  },
  {
    name: "assertThrows of another message",
    run: () => void assertThrows(() => fail("this"), AssertionError, "that"),
    says: /that/,
  },
];

for (const { name, run, says } of failures) {
  Deno.test(`fails: ${name}`, () => {
    assertMatch(assertThrows(run, AssertionError).message, says);
  });
}

Deno.test("passes: a part of an object, at every depth", () => {
  assertObjectMatch(new Box(1), { width: 1 });
  assertObjectMatch({ x: [{ y: 1, z: 2 }], more: 1 }, { x: [{ y: 1 }] });
  assertArrayIncludes([{ x: 1 }, { x: 2 }], [{ x: 2 }]);
});

Deno.test("assertRejects returns the error, and wants a promise", async () => {
  const error = await assertRejects(() => Promise.reject(new RangeError("far")), RangeError, "far");
  assertEquals(error.message, "far");
  const late = () => Promise.reject(new RangeError("far"));
  await assertRejects(() => assertRejects(late, TypeError), AssertionError, "TypeError");
  await assertRejects(() => assertRejects(() => Promise.resolve()), AssertionError, "rejected");
  await assertRejects(() => assertRejects(() => fail()), AssertionError, "but the function threw");
});

const order: string[] = [];

describe("hooks", () => {
  beforeAll(() => void order.push("all("));
  beforeEach(() => void order.push("each("));
  afterEach(() => void order.push(")each"));
  afterAll(() => void order.push(")all"));
  it("one", () => void order.push("one"));
  describe("within", () => {
    beforeEach(() => void order.push("inner("));
    afterEach(() => void order.push(")inner"));
    it("two", () => void order.push("two"));
  });
});

it("hooks ran around each test, outer ones outside", () => {
  assertEquals(
    order.join(" "),
    "all( each( one )each each( inner( two )inner )each )all",
  );
});
