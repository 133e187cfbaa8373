import { escapedText, unescapedText } from "../text.ts";
import { isDuration, isPeriod, isUtcOffset, timeForm } from "../values.ts";

/** A type of value in both forms (RFC 7265 §3.6). */
export interface ValueForms {
  /** The JSON for what iCalendar says; undefined: that is no such value. */
  json(value: string): unknown;
  /** And back. */
  text(value: unknown): string | undefined;
}

/** The forms of a type by its name in lower case; one that is made up is kept as it is written. */
export const formsOf = (type: string): ValueForms => forms.get(type) ?? asWritten;

const asWritten: ValueForms = {
  json: (value) => value,
  text: (value) => typeof value === "string" && !/[\r\n]/.test(value) ? value : undefined,
};

/** Values that are strings in both forms, where they are of this shape. */
const strings = (
  fits: (value: string) => boolean,
  toJson: (value: string) => string,
  toText: (value: string) => string,
): ValueForms => ({
  json: (value) => fits(value) ? toJson(value) : undefined,
  text(value) {
    const text = typeof value === "string" ? toText(value) : undefined;
    return text !== undefined && fits(text) ? text : undefined;
  },
});

const numbers = (pattern: RegExp): ValueForms => ({
  json: (value) =>
    pattern.test(value) && Number.isFinite(Number(value)) ? Number(value) : undefined,
  text(value) {
    const text = typeof value === "number" ? String(value) : "";
    return pattern.test(text) ? text : undefined;
  },
});

const dashed = (date: string) => date.replace(/^(\d{4})(\d\d)(\d\d)/, "$1-$2-$3");
const coloned = (time: string) => time.replace(/(\d\d)(\d\d)(\d\d)(?=Z?$)/, "$1:$2:$3");
const toTime = (value: string) => coloned(dashed(value));
const fromTime = (value: string) =>
  value.replace(/^(\d{4})-(\d\d)-(\d\d)/, "$1$2$3").replace(/(\d\d):(\d\d):(\d\d)/, "$1$2$3");

const isTime = (value: string) => timeForm(value) !== undefined;

const period: ValueForms = {
  json: (value) => isPeriod(value) ? value.split("/").map(toTimeOrDuration) : undefined,
  text(value) {
    if (!Array.isArray(value) || !value.every((one) => typeof one === "string")) return undefined;
    const text = value.map(fromTime).join("/");
    return isPeriod(text) ? text : undefined;
  },
};

const toTimeOrDuration = (value: string) => isTime(value) ? toTime(value) : value;

/** RFC 7265 §3.6.10: numbers as such, one value alone or several in an array. */
const recur: ValueForms = {
  json(rule) {
    const parts = rule.split(";").filter((part) => part !== "").map((part) => part.split("="));
    if (parts.length === 0 || parts.some((part) => part.length !== 2)) return undefined;
    return Object.fromEntries(
      parts.map(([name = "", value = ""]) => [name.toLowerCase(), rulePart(name, value)]),
    );
  },
  text(value) {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
    const parts = Object.entries(value).map(([name, one]) =>
      `${name.toUpperCase()}=${[one].flat().map((item) => fromTime(String(item))).join(",")}`
    );
    const rule = parts.join(";");
    return rule !== "" && /^[\w=;,+.-]+$/.test(rule) ? rule : undefined;
  },
};

function rulePart(name: string, value: string): unknown {
  if (name.toUpperCase() === "UNTIL") return toTime(value);
  const items = value.split(",").map((item) => /^[+-]?\d{1,9}$/.test(item) ? Number(item) : item);
  return items.length === 1 ? items[0] : items;
}

const forms: ReadonlyMap<string, ValueForms> = new Map([
  ["text", {
    json: unescapedText,
    text: (value: unknown) => typeof value === "string" ? escapedText(value) : undefined,
  }],
  ["date", strings((value) => timeForm(value) === "date", toTime, fromTime)],
  ["date-time", strings((value) => isTime(value) && value.includes("T"), toTime, fromTime)],
  ["time", strings((value) => /^\d{6}Z?$/.test(value), coloned, fromTime)],
  ["duration", strings(isDuration, (value) => value, (value) => value)],
  [
    "utc-offset",
    strings(
      isUtcOffset,
      (value) => value.replace(/(\d\d)(?=\d)/g, "$1:"),
      (value) => value.replaceAll(":", ""),
    ),
  ],
  ["period", period],
  ["recur", recur],
  ["integer", numbers(/^[+-]?\d{1,15}$/)],
  ["float", numbers(/^[+-]?\d+(?:\.\d+)?$/)],
  ["boolean", {
    json: (value: string) => ({ TRUE: true, FALSE: false })[value.toUpperCase()],
    text: (value: unknown) => typeof value === "boolean" ? String(value).toUpperCase() : undefined,
  }],
]);
