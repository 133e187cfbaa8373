import { assertThrows } from "@std/assert";
import { Refusal } from "../../src/refusal.ts";
import { crlf } from "../fixtures/events.ts";
import { storedTree } from "./at_once.ts";

const wrong: Readonly<Record<string, readonly string[]>> = {
  "nothing": [],
  "a calendar without its end": ["BEGIN:VCALENDAR", "VERSION:2.0"],
  "an event without its end": ["BEGIN:VCALENDAR", "BEGIN:VEVENT", "END:VCALENDAR"],
  "one end more": ["BEGIN:VCALENDAR", "END:VCALENDAR", "END:VCALENDAR"],
};

for (const [what, lines] of Object.entries(wrong)) {
  Deno.test(`stored tree: ${what} is refused`, () => {
    assertThrows(() => storedTree(crlf(lines)), Refusal);
  });
}
