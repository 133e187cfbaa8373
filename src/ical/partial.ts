import { stepLines, type Steps } from "../steps.ts";
import { contentLines } from "./content_lines.ts";
import { folded } from "./text.ts";

/** CALDAV:comp of CALDAV:calendar-data (RFC 4791 §9.6.1): what is told of a component. */
export interface CompPart {
  /** By name in upper case: with its value, or its name and parameters alone. */
  readonly props: "all" | ReadonlyMap<string, "value" | "novalue">;
  /** By name in upper case. */
  readonly comps: "all" | ReadonlyMap<string, CompPart>;
}

/** The part of a calendar that is asked for; what is told of it stands there as it was written. */
export function* takePart(text: string, calendar: CompPart): Steps<string> {
  const open: Told[] = [];
  let part = "";
  let lines = 0;
  for (const { name, params, value, start, end } of contentLines(text)) {
    if (++lines % stepLines === 0) yield;
    const told = open.at(-1);
    if (name === "BEGIN") {
      const inner = told === undefined ? calendar : compIn(told, value.toUpperCase());
      open.push(inner);
      if (inner !== "nothing") part += text.slice(start, end);
    } else if (name === "END") {
      if (open.pop() !== "nothing") part += text.slice(start, end);
    } else {
      const as = propIn(told, name);
      if (as === "value") part += text.slice(start, end);
      else if (as === "novalue") part += folded(`${name}${params}:`);
    }
  }
  return part;
}

type Told = CompPart | "all" | "nothing";

function compIn(outer: Told, name: string): Told {
  if (outer === "all" || outer === "nothing") return outer;
  return outer.comps === "all" ? "all" : outer.comps.get(name) ?? "nothing";
}

function propIn(told: Told | undefined, name: string): "value" | "novalue" | undefined {
  if (told === "all") return "value";
  if (told === undefined || told === "nothing") return undefined;
  return told.props === "all" ? "value" : told.props.get(name);
}
