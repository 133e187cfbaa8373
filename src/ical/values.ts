import { dayMs } from "./duration.ts";
import { dayOf } from "./recurrence/civil.ts";

/** How a DATE or DATE-TIME value (RFC 5545 §3.3.4, §3.3.5) is written; local: without `Z`. */
export type TimeForm = "date" | "local" | "utc";

/** Undefined: no date, or one that the calendar does not have, as 30 February or 25 o'clock. */
export const timeForm = (value: string): TimeForm | undefined => readDigits(value)?.form;

/** A DATE or DATE-TIME by its digits alone. */
export interface Digits {
  readonly form: TimeForm;
  /** In milliseconds as if it were UTC; of a DATE its midnight. */
  readonly localMs: number;
}

/** Undefined: no time, or one that there is not. */
export function readDigits(value: string): Digits | undefined {
  const { length } = value;
  const year = digits(value, 0, 4);
  const month = digits(value, 4, 6);
  const day = digits(value, 6, 8);
  if (!(year >= 0 && day >= 1 && day <= daysIn(year, month))) return undefined;
  const midnight = dayOf(year, month, day) * dayMs;
  if (length === 8) return { form: "date", localMs: midnight };
  const isUtc = length === 16 && value[15] === "Z";
  if (value[8] !== "T" || length !== 15 && !isUtc) return undefined;
  const [hour, minute, second] = [
    digits(value, 9, 11),
    digits(value, 11, 13),
    digits(value, 13, 15),
  ];
  // A leap second is 60, and counts as the one before it (RFC 5545 §3.3.12).
  if (!(hour <= 23 && minute <= 59 && second <= 60)) return undefined;
  const localMs = midnight + ((hour * 60 + minute) * 60 + Math.min(second, 59)) * 1000;
  return { form: isUtc ? "utc" : "local", localMs };
}

/** A DATE-TIME in UTC; years have four digits, so that what lies beyond is the nearest they can say. */
export function utcText(utcMs: number): string {
  const date = new Date(Math.min(Math.max(utcMs, firstMs), lastMs));
  return daysText(date) + "T" + two[date.getUTCHours()] + two[date.getUTCMinutes()] +
    two[date.getUTCSeconds()] + "Z";
}

/** A DATE-TIME without zone, of a time in milliseconds as if it were UTC. */
export const localText = (localMs: number): string => utcText(localMs).slice(0, -1);

/** A DATE, of a time in milliseconds as if it were UTC; as {@linkcode utcText}. */
export const dateText = (localMs: number): string =>
  daysText(new Date(Math.min(Math.max(localMs, firstMs), lastMs)));

/**
 * RFC 5545 §3.3.6, and what clients write besides: days with weeks, and a `T` that nothing follows
 * (`P1DT`).
 */
export const isDuration = (value: string): boolean => duration.test(value);

/** RFC 5545 §3.3.9. */
export function isPeriod(value: string): boolean {
  const [start = "", end = "", ...more] = value.split("/");
  const ends = timeForm(end) !== undefined || isDuration(end);
  return timeForm(start) !== undefined && ends && more.length === 0;
}

/** RFC 5545 §3.3.1; programs indent folded lines, so that there are blanks. */
export const isBase64 = (value: string): boolean => base64.test(value);

/** RFC 5545 §3.3.14. */
export const isUtcOffset = (value: string): boolean => utcOffset.test(value);

/** In milliseconds, of a value that `isUtcOffset` takes. */
export function utcOffsetMs(value: string): number {
  const part = (from: number) => Number(value.slice(from, from + 2));
  const ms = ((part(1) * 60 + part(3)) * 60 + part(5)) * 1000;
  return value.startsWith("-") ? -ms : ms;
}

const base64 = /^[A-Za-z0-9+/ \t]*(?:=[= \t]*)?$/;
const firstMs = new Date(0).setUTCFullYear(0, 0, 1);
const lastMs = Date.UTC(9999, 11, 31, 23, 59, 59);

/** The numbers to 99 in two digits. */
const two = Array.from({ length: 100 }, (_, number) => String(number).padStart(2, "0"));

function daysText(date: Date): string {
  const year = date.getUTCFullYear();
  return `${two[Math.floor(year / 100)]}${two[year % 100]}` +
    `${two[date.getUTCMonth() + 1]}${two[date.getUTCDate()]}`;
}

/** A UTC-OFFSET (RFC 5545 §3.3.14). */
export function offsetText(ms: number): string {
  const seconds = Math.round(Math.abs(ms) / 1000);
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  if (seconds % 60 > 0) parts.push(seconds % 60);
  return (ms < 0 ? "-" : "+") + parts.map((part) => two[part]).join("");
}

const duration = /^[+-]?P(?:\d{1,9}W)?(?:\d{1,9}D)?(?:T(?:\d{1,9}H)?(?:\d{1,9}M)?(?:\d{1,9}S)?)?$/;
const utcOffset = /^[+-](?:[01]\d|2[0-3])[0-5]\d(?:[0-5]\d)?$/;

/** The number that these characters are; NaN where one of them is no digit. */
function digits(text: string, from: number, to: number): number {
  let number = 0;
  for (let at = from; at < to; at++) {
    const digit = text.charCodeAt(at) - 0x30;
    if (!(digit >= 0 && digit <= 9)) return NaN;
    number = number * 10 + digit;
  }
  return number;
}

const monthDays = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** 0 for a month that there is not. */
function daysIn(year: number, month: number): number {
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return month === 2 && leap ? 29 : monthDays[month - 1] ?? 0;
}
