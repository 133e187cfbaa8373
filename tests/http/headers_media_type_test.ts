import { assertEquals } from "@std/assert";
import { readMediaType } from "../../src/http/media_type.ts";

const cases: readonly {
  value: string | null;
  type?: string;
  parameters?: Record<string, string>;
}[] = [
  { value: "text/calendar", type: "text/calendar" },
  {
    value: "Text/Calendar; Charset=UTF-8; component=VEVENT",
    type: "text/calendar",
    parameters: { charset: "UTF-8", component: "VEVENT" },
  },
  {
    value: `application/xml;charset="utf-8"`,
    type: "application/xml",
    parameters: { charset: "utf-8" },
  },
  {
    value: `a/b; x="1;2\\"3"; ;y=; z; =w; x=4`,
    type: "a/b",
    parameters: { x: '1;2"3', y: "", z: "" },
  },
  { value: "application/calendar+json ", type: "application/calendar+json" },
  { value: null },
  { value: "" },
  { value: "text" },
  { value: "text/" },
  { value: "/calendar" },
  { value: "text/calendar, text/plain" },
  { value: "text/a/b" },
  { value: "; charset=utf-8" },
  { value: `"text/calendar"` },
];

for (const { value, type, parameters = {} } of cases) {
  Deno.test(`readMediaType: ${value}`, () => {
    const read = readMediaType(value);
    assertEquals(read?.type, type);
    assertEquals(Object.fromEntries(read?.parameters ?? []), parameters);
    assertEquals(read?.charset, parameters["charset"]?.toLowerCase());
  });
}
