import { type ContentLine, contentLines, parametersOf } from "../content_lines.ts";
import { limits } from "../../limits.ts";
import { refuse } from "../refuse.ts";
import { atOnce, longChars, stepLines, type Steps } from "../../steps.ts";
import { walkParts } from "../stream.ts";
import { type PropertyType, propertyType } from "./types.ts";
import { formsOf } from "./values.ts";

/** A calendar as jCal (RFC 7265). */
export const jcalOf = (text: string): string => atOnce(writeJcal(text));

/** {@linkcode jcalOf} in steps. */
export function* writeJcal(text: string): Steps<string> {
  if (text.length > longChars) yield;
  const properties: string[] = [];
  const components: string[] = [];
  for (const part of walkParts(text)) {
    if (part === undefined) yield;
    else if (part.kind === "header") properties.push(propertyJson(part.line));
    else if (part.kind === "piece") {
      components.push(yield* writeComponent(text.slice(part.start, part.end)));
    }
  }
  return `["vcalendar",[${properties.join(",")}],[${components.join(",")}]]`;
}

/**
 * One component, from its BEGIN to its END, as JSON.
 *
 * @throws {Refusal} CALDAV:valid-calendar-data: lines that are none, or components too deep.
 */
export function* writeComponent(text: string): Steps<string> {
  const open: { readonly name: string; readonly properties: Items; readonly components: Items }[] =
    [];
  let lines = 0;
  for (const line of contentLines(text)) {
    if (++lines % stepLines === 0) yield;
    if (line.name === "BEGIN") {
      if (open.length === limits.icalDepth) throw refuse.validCalendarData("it lies too deep");
      const name = line.value.toLowerCase();
      open.push({ name, properties: new Items(), components: new Items() });
      continue;
    }
    const inner = line.name === "END" ? open.pop() : open.at(-1);
    if (inner === undefined) throw refuse.validCalendarData("a line stands outside a component");
    if (line.name !== "END") {
      inner.properties.add(propertyJson(line));
      continue;
    }
    const { name, properties, components } = inner;
    const json = `[${JSON.stringify(name)},[${properties.joined()}],[${components.joined()}]]`;
    const outer = open.at(-1);
    if (outer === undefined) return json;
    outer.components.add(json);
  }
  throw refuse.validCalendarData("a component has no end");
}

/** What commas stand between; joined as it comes, as a text of many small pieces is slow to read. */
class Items {
  readonly #joined: string[] = [];
  #fresh: string[] = [];

  add(item: string): void {
    if (this.#fresh.push(item) < stepLines) return;
    this.#joined.push(this.#fresh.join(","));
    this.#fresh = [];
  }

  joined(): string {
    const fresh = this.#fresh.join(",");
    if (this.#joined.length === 0) return fresh;
    return [...this.#joined, ...(this.#fresh.length > 0 ? [fresh] : [])].join(",");
  }
}

/** A property as JSON (RFC 7265 §3.4). */
export function propertyJson(line: ContentLine): string {
  const parameters = line.params === "" ? none : parametersOf(line);
  const { VALUE: said } = parameters;
  const byName = propertyType(line.name);
  const type = said === undefined ? byName.type : typeNamed(said);
  const values = valuesOf(line.value, type, byName.holds);
  const head = `["${line.name.toLowerCase()}",{${parametersJson(parameters)}},`;
  // What is not of its type is told as it is written.
  return values.includes(undefined)
    ? `${head}"unknown",${JSON.stringify(line.value)}]`
    : `${head}"${type}",${JSON.stringify(values).slice(1)}`;
}

type Parameters = ReturnType<typeof parametersOf>;

const none: Parameters = {};

function parametersJson(parameters: Parameters): string {
  let json = "";
  for (const [name, value] of Object.entries(parameters)) {
    if (name === "VALUE") continue;
    json += `${json && ","}"${name.toLowerCase()}":${JSON.stringify(value)}`;
  }
  return json;
}

const typeNamed = (said: string | readonly string[]): string =>
  typeof said === "string" && /^[\w.-]{1,255}$/.test(said) ? said.toLowerCase() : "unknown";

function valuesOf(value: string, type: string, holds: PropertyType["holds"]): unknown[] {
  const { json } = formsOf(type);
  if (holds === "list") return split(value, type, ",").map(json);
  if (holds !== "parts") return [json(value)];
  const parts = split(value, type, ";").map(json);
  return [parts.includes(undefined) ? undefined : parts];
}

/** Texts escape what stands between them. */
const split = (value: string, type: string, between: "," | ";"): string[] =>
  type === "text" ? value.split(betweenTexts[between]) : value.split(between);

const betweenTexts = { ",": /(?<=(?<!\\)(?:\\\\)*),/, ";": /(?<=(?<!\\)(?:\\\\)*);/ };
