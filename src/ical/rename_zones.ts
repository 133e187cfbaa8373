import { stepLines, type Steps } from "../steps.ts";
import {
  changedParameters,
  type ContentLine,
  contentLines,
  parameter,
  unfolded,
} from "./content_lines.ts";
import { escapedText, folded, tzidIn } from "./text.ts";

/**
 * A component, from its BEGIN to its END, in which zones have other TZIDs: new ones by those that are
 * written. All else is as it was; of lines that change, so is the value.
 */
export function* renameZones(
  component: string,
  names: ReadonlyMap<string, string>,
): Steps<string> {
  let text = "";
  let copied = 0;
  let depth = 0;
  let isZone = false;
  let count = 0;
  for (const line of contentLines(component)) {
    if (++count % stepLines === 0) yield;
    if (line.name === "BEGIN" && depth++ === 0) isZone = line.value.toUpperCase() === "VTIMEZONE";
    if (line.name === "END") depth--;
    const written = component.slice(line.start, line.end);
    const renamed = isZone
      ? depth === 1 ? definitionNamed(line, names) : undefined
      : referenceTo(line, written, names);
    if (renamed === undefined) continue;
    text += component.slice(copied, line.start) + renamed;
    copied = line.end;
  }
  return text + component.slice(copied);
}

/** The TZID of a VTIMEZONE; undefined: another line, or another zone. */
function definitionNamed(
  { name, params, value }: ContentLine,
  names: ReadonlyMap<string, string>,
): string | undefined {
  const renamed = name === "TZID" ? names.get(tzidIn(value)) : undefined;
  return renamed === undefined ? undefined : folded(`TZID${params}:${escapedText(renamed)}`);
}

function referenceTo(
  line: ContentLine,
  written: string,
  names: ReadonlyMap<string, string>,
): string | undefined {
  const tzid = line.params === "" ? undefined : parameter(line, "TZID");
  if (tzid === undefined || !names.has(tzidIn(tzid))) return undefined;
  const head = unfolded(written).slice(0, line.name.length) +
    changedParameters(line, "TZID", (value) => names.get(tzidIn(value)) ?? value);
  return joinedLine(folded(head).slice(0, -"\r\n".length), behind(written, line));
}

/** As it was written: the colon, the value with its folds, and the line end. */
function behind(written: string, { name, params }: ContentLine): string {
  let at = 0;
  for (let left = name.length + params.length; left > 0; left--) {
    fold.lastIndex = at;
    at += (fold.exec(written)?.[0].length ?? 0) + 1;
  }
  return written.slice(at);
}

/** One or several folds, or none. */
const fold = /(?:\r?\n[ \t])*/y;

/** Folded between the two where that is too long a line. */
function joinedLine(head: string, rest: string): string {
  const last = head.length - (head.lastIndexOf("\n") + 1);
  return last + rest.search(/\r?\n|$/) > 75 ? `${head}\r\n ${rest}` : head + rest;
}
