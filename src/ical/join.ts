import type { Body } from "../model.ts";
import { inTurns, soon, type Steps } from "../steps.ts";
import type { Timezones } from "./by_reference.ts";
import { contentLines } from "./content_lines.ts";
import { propertyJson, writeComponent } from "./jcal/write.ts";
import { JoinedZones } from "./joined_zones.ts";
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
  component(text: string): Steps<string>;
  readonly between: string;
  readonly end: string;
}

/**
 * All the objects in one VCALENDAR, as an export writes them, in chunks of text with CRLF as they
 * come. Components are as they were stored, but for the names of zones that mean two things.
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
    if (!isFirst) yield form.between;
    isFirst = false;
    yield await soon(form.component(component));
  }
  yield form.end;
}

async function* componentsOf(
  objects: Iterable<Body> | AsyncIterable<Body>,
  timezones: Timezones,
): AsyncGenerator<string, void, void> {
  const zones = new JoinedZones(timezones);
  for await (const object of objects) {
    yield* await inTurns(zones.tell(textOf(object)));
  }
}

const asText: Form = {
  begin: (properties) => `BEGIN:VCALENDAR\r\n${properties}`,
  // deno-lint-ignore require-yield -- it takes a single step
  *component(text) {
    return text.replace(bareLineFeed, "\r\n");
  },
  between: "",
  end: "END:VCALENDAR\r\n",
};

const asJcal: Form = {
  begin: (properties) =>
    `["vcalendar",[${[...contentLines(properties)].map(propertyJson).join(",")}],[`,
  component: writeComponent,
  between: ",",
  end: "]]",
};

const bareLineFeed = /(?<!\r)\n/g;
