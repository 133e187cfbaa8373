import { limits } from "../limits.ts";
import type { Body } from "../model.ts";
import { Refusal } from "../refusal.ts";
import { longChars, type Steps } from "../steps.ts";
import { textOf } from "./text.ts";
import { type Component, walkCalendar } from "./tree.ts";

/** The VCALENDAR of an object; undefined: it can't be read, and reports tell of the others. */
export function* readCalendar(object: Body): Steps<Component | undefined> {
  if (object.length > longChars) yield;
  try {
    return yield* walkCalendar(textOf(object), limits);
  } catch (error) {
    if (error instanceof Refusal) return undefined;
    throw error;
  }
}
