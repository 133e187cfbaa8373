import { createHash } from "node:crypto";
import { type ContentLine, partsOfLine } from "../content_lines.ts";
import { linesIn, type OctetSource, type Range } from "./source.ts";

/** Of a line that is very long, the value is its beginning. */
export type LineParts = Pick<ContentLine, "name" | "params" | "value">;

/**
 * A digest of the content lines that lie there, in hexadecimal digits: of those that count, however
 * they are folded and ended.
 */
export async function digestOf(
  source: OctetSource,
  range: Range,
  counts: (line: LineParts) => boolean,
): Promise<string> {
  const hash = createHash("sha256");
  for await (const line of linesIn(source, range)) {
    const text = oneCharacterPerOctet.decode(line.octets);
    if (text.trim() === "") continue;
    const parts = partsOfLine(text);
    if (!counts(parts)) continue;
    hash.update(`${parts.name}${parts.params}:${parts.value}\n`);
    if (line.isWhole) continue;
    for await (const octets of source.read(line.start, line.end)) hash.update(octets);
  }
  return hash.digest("hex");
}

/** What is no UTF-8 makes a difference, too. */
const oneCharacterPerOctet = new TextDecoder("windows-1252");
