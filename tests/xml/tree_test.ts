import { assertEquals } from "@std/assert";
import { D } from "../../src/xml/names.ts";
import {
  childNamed,
  childrenNamed,
  el,
  elementsOf,
  hrefTextOf,
  textOf,
} from "../../src/xml/tree.ts";

const first = el(D.href, ["\n  /dav/a%20b/\n"]);
const second = el(D.href, ["/dav/c/"]);
const prop = el(D.prop, ["\n ", first, " own ", el(D.owner, ["inner"]), second, "text"]);

Deno.test("tree: child elements, in order and by name", () => {
  assertEquals(elementsOf(prop).map(({ name }) => name), [D.href, D.owner, D.href]);
  assertEquals(childrenNamed(prop, D.href), [first, second]);
  assertEquals(childNamed(prop, D.href), first);
  assertEquals(childNamed(prop, D.acl), undefined);
});

Deno.test("tree: text is the element's own, as it came", () => {
  assertEquals(textOf(prop), "\n  own text");
  assertEquals(textOf(el(D.owner)), "");
});

Deno.test("tree: an href is trimmed, a property is not", () => {
  assertEquals(hrefTextOf(first), "/dav/a%20b/");
  assertEquals(textOf(first), "\n  /dav/a%20b/\n");
});
