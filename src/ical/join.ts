import type { Body } from "../model.ts";
import { createDefinitions, isWellKnown, type Timezones } from "./by_reference.ts";
import { contentLines } from "./content_lines.ts";
import { componentJson, propertyJson } from "./jcal/write.ts";
import { partsOf } from "./stream.ts";
import { escapedText, folded, textOf } from "./text.ts";

/** What is said of a joined calendar. */
export interface Joined {
  /** Without this, what the objects have; `added` also what none of them has. */
  readonly timezones?: Timezones;
  readonly name?: string;
  /** `#RRGGBB`. */
  readonly color?: string;
}

/** A calendar in parts, one after the other. */
interface Form {
  /** Complete content lines. */
  begin(properties: string): string;
  component(text: string, isFirst: boolean): string;
  readonly end: string;
}

/**
 * All the objects in one VCALENDAR, as an export writes them, in chunks of text with CRLF as they
 * come. Of each time zone the first definition stands for all; components are as they were stored.
 */
export const joinCalendars = (
  objects: Iterable<Body> | AsyncIterable<Body>,
  about: Joined = {},
): AsyncGenerator<string, void, void> => join(objects, about, asText);

/** {@linkcode joinCalendars} as jCal (RFC 7265). */
export const joinAsJcal = (
  objects: Iterable<Body> | AsyncIterable<Body>,
  about: Joined = {},
): AsyncGenerator<string, void, void> => join(objects, about, asJcal);

async function* join(
  objects: Iterable<Body> | AsyncIterable<Body>,
  { name, color, timezones = "as-written" }: Joined,
  form: Form,
): AsyncGenerator<string, void, void> {
  const value = name === undefined ? "" : escapedText(name);
  yield form.begin(
    [
      "VERSION:2.0",
      "PRODID:-//davit//davit//EN",
      ...(name === undefined ? [] : [`NAME:${value}`, `X-WR-CALNAME:${value}`]),
      ...(color === undefined ? [] : [`X-APPLE-CALENDAR-COLOR:${escapedText(color)}`]),
    ].map(folded).join(""),
  );
  let isFirst = true;
  for await (const component of componentsOf(objects, timezones)) {
    yield form.component(component, isFirst);
    isFirst = false;
  }
  yield form.end;
}

async function* componentsOf(
  objects: Iterable<Body> | AsyncIterable<Body>,
  timezones: Timezones,
): AsyncGenerator<string, void, void> {
  const definitions = createDefinitions();
  for await (const object of objects) {
    const text = textOf(object);
    for (const part of partsOf(text)) {
      if (part.kind !== "piece" || !definitions.saw(part)) continue;
      if (timezones === "left-out" && isWellKnown(part)) continue;
      yield text.slice(part.start, part.end);
    }
  }
  if (timezones === "added") yield* definitions.missing();
}

const asText: Form = {
  begin: (properties) => `BEGIN:VCALENDAR\r\n${properties}`,
  component: (text) => text.replace(bareLineFeed, "\r\n"),
  end: "END:VCALENDAR\r\n",
};

const asJcal: Form = {
  begin: (properties) =>
    `["vcalendar",[${[...contentLines(properties)].map(propertyJson).join(",")}],[`,
  component: (text, isFirst) => (isFirst ? "" : ",") + componentJson(text),
  end: "]]",
};

const bareLineFeed = /(?<!\r)\n/g;
