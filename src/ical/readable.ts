import { limits } from "../limits.ts";
import type { Body } from "../model.ts";
import { Refusal } from "../refusal.ts";
import { textOf } from "./text.ts";
import { calendarTree, type Component } from "./tree.ts";

/** The VCALENDAR of an object; undefined: it can't be read, and reports tell of the others. */
export function readableCalendar(object: Body): Component | undefined {
  try {
    return calendarTree(textOf(object), limits);
  } catch (error) {
    if (error instanceof Refusal) return undefined;
    throw error;
  }
}
