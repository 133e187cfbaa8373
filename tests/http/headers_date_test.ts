import { assertEquals } from "@std/assert";
import { httpDate, readHttpDate } from "../../src/http/date.ts";

const rfcExample = Date.UTC(1994, 10, 6, 8, 49, 37);

const dates: readonly { text: string; gives: number | undefined }[] = [
  { text: "Sun, 06 Nov 1994 08:49:37 GMT", gives: rfcExample },
  { text: "Sunday, 06-Nov-94 08:49:37 GMT", gives: rfcExample },
  { text: "Sun Nov  6 08:49:37 1994", gives: rfcExample },
  { text: "Wednesday, 01-Jan-69 00:00:00 GMT", gives: Date.UTC(2069, 0, 1) },
  { text: "Thu, 29 Feb 2024 00:00:00 GMT", gives: Date.UTC(2024, 1, 29) },
  { text: "Sat, 29 Feb 2025 00:00:00 GMT", gives: undefined },
  { text: "Sun, 00 Nov 1994 08:49:37 GMT", gives: undefined },
  { text: "Sun, 06 Nvo 1994 08:49:37 GMT", gives: undefined },
  { text: "Sun, 06 Nov 1994 25:49:37 GMT", gives: undefined },
  { text: "Sun, 06 Nov 1994 08:49:37 CET", gives: undefined },
  { text: "Sun, 06 Nov 1994 08:49:37 +0100", gives: undefined },
  { text: "1994-11-06T08:49:37Z", gives: undefined },
  { text: "784111777", gives: undefined },
  { text: "", gives: undefined },
];

for (const { text, gives } of dates) {
  Deno.test(`readHttpDate: ${text}`, () => assertEquals(readHttpDate(text), gives));
}

Deno.test("httpDate: the preferred form, read again to the second", () => {
  assertEquals(httpDate(rfcExample + 999), "Sun, 06 Nov 1994 08:49:37 GMT");
});
