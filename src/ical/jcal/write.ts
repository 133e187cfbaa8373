import { type ContentLine, contentLines, parametersOf } from "../content_lines.ts";
import { limits } from "../../limits.ts";
import { refuse } from "../refuse.ts";
import { partsOf } from "../stream.ts";
import { type PropertyType, propertyType } from "./types.ts";
import { formsOf } from "./values.ts";

/** A calendar as jCal (RFC 7265), in chunks: a large one takes its time. */
export function* jcalChunks(text: string): Generator<string, void, void> {
  const parts = [...partsOf(text)];
  const properties = parts.flatMap((part) => part.kind === "header" ? propertyJson(part.line) : []);
  yield `["vcalendar",[${properties.join(",")}],[`;
  let before = "";
  for (const part of parts) {
    if (part.kind !== "piece") continue;
    yield before + componentJson(text.slice(part.start, part.end));
    before = ",";
  }
  yield "]]";
}

/** {@linkcode jcalChunks} as one string. */
export const jcalOf = (text: string): string => [...jcalChunks(text)].join("");

/**
 * One component, from its BEGIN to its END, as JSON.
 *
 * @throws {Refusal} CALDAV:valid-calendar-data: lines that are none, or components too deep.
 */
export function componentJson(text: string): string {
  const open: { readonly name: string; properties: string; components: string }[] = [];
  for (const line of contentLines(text)) {
    if (line.name === "BEGIN") {
      if (open.length === limits.icalDepth) throw refuse.validCalendarData("it lies too deep");
      open.push({ name: line.value.toLowerCase(), properties: "", components: "" });
      continue;
    }
    const inner = line.name === "END" ? open.pop() : open.at(-1);
    if (inner === undefined) throw refuse.validCalendarData("a line stands outside a component");
    if (line.name !== "END") {
      inner.properties += (inner.properties && ",") + propertyJson(line);
      continue;
    }
    const { name, properties, components } = inner;
    const json = `[${JSON.stringify(name)},[${properties}],[${components}]]`;
    const outer = open.at(-1);
    if (outer === undefined) return json;
    outer.components += (outer.components && ",") + json;
  }
  throw refuse.validCalendarData("a component has no end");
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
