import { dayMs } from "./duration.ts";
import { dayOf } from "./recurrence/civil.ts";

/** The year of an instant, or the nearest of those that four digits can say. UTC. */
export const yearOf = (utcMs: number): number =>
  new Date(Math.min(Math.max(utcMs, yearStart(0)), yearStart(10_000) - 1)).getUTCFullYear();

/** When a year begins: UTC epoch milliseconds. */
export const yearStart = (year: number): number =>
  year === Infinity ? Infinity : dayOf(year, 1, 1) * dayMs;
