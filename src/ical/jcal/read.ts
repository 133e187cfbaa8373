import { limits } from "../../limits.ts";
import { refuse } from "../refuse.ts";
import { folded } from "../text.ts";
import { propertyType } from "./types.ts";
import { formsOf } from "./values.ts";

/**
 * The iCalendar text of a jCal document (RFC 7265) with one calendar.
 *
 * @throws {Refusal} CALDAV:valid-calendar-data: no JSON, or no jCal.
 */
export function textOfJcal(json: string): string {
  let document: unknown;
  try {
    document = JSON.parse(json);
  } catch {
    throw noJcal("it is no JSON");
  }
  const lines: string[] = [];
  addComponent(document, lines, 1);
  return lines.map(folded).join("");
}

function addComponent(value: unknown, lines: string[], depth: number): void {
  if (depth > limits.icalDepth) throw noJcal("components lie too deep");
  if (!Array.isArray(value) || value.length !== 3) throw noJcal("a component is an array of three");
  const [name, properties, components] = value;
  if (!isName(name) || !Array.isArray(properties) || !Array.isArray(components)) {
    throw noJcal("a component has a name, properties and components");
  }
  lines.push(`BEGIN:${name.toUpperCase()}`);
  for (const property of properties) lines.push(lineOf(property));
  for (const inner of components) addComponent(inner, lines, depth + 1);
  lines.push(`END:${name.toUpperCase()}`);
}

/** RFC 7265 §4.2: VALUE is said where the property is of another type without it. */
function lineOf(property: unknown): string {
  if (!Array.isArray(property) || property.length < 4) throw noJcal("a property has four parts");
  const [key, parameters, type, ...values] = property;
  if (!isName(key) || !isName(type) || !isRecord(parameters)) {
    throw noJcal("a property has a name, parameters and a type");
  }
  const name = key.toUpperCase();
  if (name === "BEGIN" || name === "END") throw noJcal(`${name} is no property`);
  const own = propertyType(name).type;
  const says = type === "unknown" || type.toLowerCase() === own
    ? {}
    : { value: type.toUpperCase() };
  const params = Object.entries({ ...says, ...parameters }).map(([param, value]) =>
    `;${nameOf(param)}=${[value].flat().map(parameterText).join(",")}`
  );
  const { text } = formsOf(type.toLowerCase());
  const written = values.map((value) =>
    Array.isArray(value) && type !== "period" ? partsText(value, text) : text(value)
  );
  if (written.includes(undefined)) throw noJcal(`${name} has no value of the type ${type}`);
  return `${name}${params.join("")}:${written.join(",")}`;
}

function partsText(
  parts: readonly unknown[],
  text: (value: unknown) => string | undefined,
): string | undefined {
  const written = parts.map(text);
  return written.includes(undefined) ? undefined : written.join(";");
}

function parameterText(value: unknown): string {
  if (typeof value !== "string") throw noJcal("a parameter is a string, or several");
  const text = value.replace(/[\^"]|\r\n|\r|\n/g, (found) => escapes[found] ?? "^n");
  return /[,:;]/.test(text) ? `"${text}"` : text;
}

/** RFC 6868 §3.1. */
const escapes: Readonly<Record<string, string>> = { "^": "^^", '"': "^'" };

function nameOf(name: string): string {
  if (!isName(name)) throw noJcal("a parameter has no name");
  return name.toUpperCase();
}

const isName = (value: unknown): value is string =>
  typeof value === "string" && /^[\w.-]{1,255}$/.test(value);

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const noJcal = (fault: string) => refuse.validCalendarData(`this is no jCal: ${fault}`);
