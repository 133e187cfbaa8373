import { assertEquals } from "@std/assert";
import { normalAddress } from "../../src/ical/addresses.ts";

const cases: readonly (readonly [written: string, normal: string])[] = [
  ["mailto:bob@example.com", "mailto:bob@example.com"],
  ["MAILTO:Bob@Example.COM", "mailto:bob@example.com"],
  [" Mailto: bob@example.com\t", "mailto:bob@example.com"],
  ["Bob@Example.com", "mailto:bob@example.com"],
  ["mailto:b\u00d6b@example.com", "mailto:b\u00f6b@example.com"],
  ["mailto:", ""],
  ["  ", ""],
  [
    "URN:UUID:6A3E5D9C-0000-4000-8000-00000000000A",
    "urn:uuid:6a3e5d9c-0000-4000-8000-00000000000a",
  ],
  ["urn:x-uid:AbC", "urn:x-uid:AbC"],
  ["https://example.com/principals/Bob/", "https://example.com/principals/Bob/"],
  ["http://bob@example.com/", "http://bob@example.com/"],
  ["/dav/principals/users/B\u00f6b@example.com/", "/dav/principals/users/B\u00f6b@example.com/"],
  ["tel:+43-1-234", "tel:+43-1-234"],
  ["invalid:nomail", "invalid:nomail"],
];

for (const [written, normal] of cases) {
  Deno.test(`The calendar user address ${JSON.stringify(written)} in its normal form`, () => {
    assertEquals(normalAddress(written), normal);
    assertEquals(normalAddress(normal), normal);
  });
}
