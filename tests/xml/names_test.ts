import { assertEquals } from "@std/assert";
import { A, C, CS, D, localOf, nameOf, namespaceOf, V, type XmlName } from "../../src/xml/names.ts";

const tables = { D, C, CS, A, V };

for (const [prefix, table] of Object.entries(tables)) {
  Deno.test(`names: each key of ${prefix} is its local name in camel case`, () => {
    const names: XmlName[] = Object.values(table);
    assertEquals(Object.keys(table), names.map((name) => camelCase(localOf(name))));
    assertEquals(new Set(names.map(namespaceOf)).size, 1);
  });
}

const parts: readonly { name: XmlName; namespace: string; local: string }[] = [
  { name: D.principalURL, namespace: "DAV:", local: "principal-URL" },
  { name: "{}NO", namespace: "", local: "NO" },
  { name: "{urn:a}b}c", namespace: "urn:a}b", local: "c" },
];

for (const { name, namespace, local } of parts) {
  Deno.test(`names: ${name} and its parts`, () => {
    assertEquals([namespaceOf(name), localOf(name)], [namespace, local]);
    assertEquals(nameOf(namespace, local), name);
  });
}

function camelCase(local: string): string {
  return local.replace(/-([A-Za-z])/g, (_, letter: string) => letter.toUpperCase());
}
