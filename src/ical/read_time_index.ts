import { limits } from "../limits.ts";
import type { Body, TimeIndex } from "../model.ts";
import { Refusal } from "../refusal.ts";
import type { Zones } from "./moment.ts";
import { inTurns } from "../steps.ts";
import { textOf } from "./text.ts";
import { makeTimeIndex } from "./time_index.ts";
import { walkCalendar } from "./tree.ts";

/** The time index of a calendar object that is stored; none of one that can't be read. */
export async function readTimeIndex(content: Body, zones: Zones): Promise<TimeIndex | undefined> {
  try {
    const calendar = await inTurns(walkCalendar(textOf(content), limits));
    return await inTurns(makeTimeIndex(calendar, zones));
  } catch (error) {
    if (error instanceof Refusal) return undefined;
    throw error;
  }
}
