import { createHash } from "node:crypto";
import { partsOfLine } from "../content_lines.ts";
import { type OctetLine, OctetLines } from "./octet_lines.ts";
import type { OctetSource } from "./source.ts";

/**
 * The UID of a component that has none, made of its content but for DTSTAMP: of the shape of a UUID of
 * version 8 (RFC 9562 §5.8).
 */
export async function madeUid(source: OctetSource, start: number, end: number): Promise<string> {
  const hash = createHash("sha256");
  const add = async (line: OctetLine): Promise<void> => {
    const text = oneCharacterPerOctet.decode(line.octets);
    if (text.trim() === "") return;
    const { name, params, value } = partsOfLine(text);
    if (name === "DTSTAMP" || name === "UID") return;
    hash.update(`${name}${params}:${value}\n`);
    if (line.isWhole) return;
    for await (const octets of source.read(line.start, line.end)) hash.update(octets);
  };
  const lines = new OctetLines(start);
  for await (const piece of source.read(start, end)) {
    for (const line of lines.feed(piece)) await add(line);
  }
  const last = lines.end();
  if (last) await add(last);
  const hex = hash.digest("hex").slice(0, 32);
  return hex.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/, "$1-$2-8$3-a$4-$5");
}

/** What is no UTF-8 makes a difference, too. */
const oneCharacterPerOctet = new TextDecoder("windows-1252");
