import { assertEquals } from "@std/assert";
import { type ContentLine, contentLines, parameter } from "../../src/ical/content_lines.ts";

const first = (text: string): ContentLine | undefined => [...contentLines(text)][0];

const cases: readonly {
  text: string;
  gives: readonly [name: string, params: string, value: string];
}[] = [
  { text: "SUMMARY:Lunch", gives: ["SUMMARY", "", "Lunch"] },
  { text: "summary:", gives: ["SUMMARY", "", ""] },
  { text: "URL:http://example.com/;a=b", gives: ["URL", "", "http://example.com/;a=b"] },
  { text: "DTSTART;TZID=A;X-P=1:x", gives: ["DTSTART", ";TZID=A;X-P=1", "x"] },
  { text: 'ATTENDEE;CN="a:b;c,d":mailto:x', gives: ["ATTENDEE", ';CN="a:b;c,d"', "mailto:x"] },
  {
    text: 'ATTENDEE;MEMBER="mailto:a","mailto:b";CN=C:mailto:x',
    gives: ["ATTENDEE", ';MEMBER="mailto:a","mailto:b";CN=C', "mailto:x"],
  },
  { text: 'ATTENDEE;CN=a "b;X=c:d":e', gives: ["ATTENDEE", ';CN=a "b;X=c', 'd":e'] },
  { text: "ATTENDEE;CN=:mailto:x", gives: ["ATTENDEE", ";CN=", "mailto:x"] },
  { text: "SUM\r\n MARY:Lu\n\tnch\r\n  at", gives: ["SUMMARY", "", "Lunch at"] },
  { text: "no colon", gives: ["", "", ""] },
  { text: "NO-COLON;A=B", gives: ["", "", ""] },
  { text: "A;B:c", gives: ["", "", ""] },
  { text: "A;=b:c", gives: ["", "", ""] },
  { text: 'A;B="c:d', gives: ["", "", ""] },
  { text: "A B:c", gives: ["", "", ""] },
];

for (const { text, gives } of cases) {
  Deno.test(`Content line ${JSON.stringify(text)}`, () => {
    const { name, params, value } = first(text) ?? { name: "?", params: "?", value: "?" };
    assertEquals([name, params, value], gives);
  });
}

Deno.test("Content lines know where they stand", () => {
  const text = "A:1\r\n\r\nB:2\n 3\r\n\t4\r\nC:5";
  const found = [...contentLines(text)].map(({ value, number, start, end }) => {
    return [value, number, text.slice(start, end)];
  });
  assertEquals(found, [["1", 1, "A:1\r\n"], ["234", 3, "B:2\n 3\r\n\t4\r\n"], ["5", 6, "C:5"]]);
  assertEquals([...contentLines("")], []);
});

Deno.test("A parameter by its name", () => {
  const line = first('DTSTART;x-p="a;TZID=no";tzid="Europe/Vienna";CN=a"b;RANGE=c:v');
  const found = ["TZID", "X-P", "RANGE", "VALUE"].map((name) => line && parameter(line, name));
  assertEquals(found, ["Europe/Vienna", "a;TZID=no", "c", undefined]);
});
