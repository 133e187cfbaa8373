import { type ContentLine, isBinary, parameter, partsOfLine, unfolded } from "../content_lines.ts";
import type { ValueForm } from "./value_check.ts";

/** What the first octets of a content line tell of it. */
export type Beginning =
  /** Not enough yet, or that it is no content line. */
  | { readonly kind: "open" }
  /** Its value is text, or what else people may look for. */
  | { readonly kind: "text" }
  /** A BINARY or data: value, that begins behind so many of the octets. */
  | { readonly kind: "value"; readonly form: ValueForm; readonly startBytes: number };

/** `octets`: the beginning of a content line or all of it, as it was sent. */
export function beginningOf(octets: Uint8Array): Beginning {
  const raw = oneCharacterPerOctet.decode(octets);
  const line = partsOfLine(unfolded(raw));
  if (line.name === "") return { kind: "open" };
  const before = line.name.length + line.params.length + 1;
  if (isBinary(line)) {
    return { kind: "value", form: "base64", startBytes: octetsBefore(raw, before) };
  }
  if (!isUri(line)) return { kind: "text" };
  const [header, base64] = dataHeader.exec(line.value) ?? [];
  if (header === undefined) {
    const soFar = line.value.replace(/[\r\n]+$/, ""); // half a fold, perhaps
    return { kind: soFar.length < headerOctets && dataBeginning.test(soFar) ? "open" : "text" };
  }
  const form = base64 === undefined ? "uri" : "base64 in a URI";
  return { kind: "value", form, startBytes: octetsBefore(raw, before + header.length) };
}

/** Structure is ASCII, so that a character may be any octet. */
const oneCharacterPerOctet = new TextDecoder("windows-1252");

/** Properties whose value is a URI where nothing else is said, as far as it may be data. */
const uriProperties: ReadonlySet<string> = new Set(["ATTACH", "IMAGE", "URL", "CONFERENCE"]);

function isUri({ name, params }: Pick<ContentLine, "name" | "params">): boolean {
  const type = params === "" ? undefined : parameter({ params }, "VALUE")?.toUpperCase();
  return type === undefined ? uriProperties.has(name) : type === "URI";
}

/** The longest media type of a data: URI. */
const headerOctets = 1_000;

/** All before the data (RFC 2397 §3). */
const dataHeader = /^data:[^,]{0,995}?(;base64)?,/i;
const dataBeginning = /^(?:$|d$|da$|dat$|data$|data:[^,]*$)/i;

/** Octets of `raw` that hold its first `count` characters when it is unfolded. */
function octetsBefore(raw: string, count: number): number {
  let left = count;
  let at = 0;
  for (const { 0: fold, index } of raw.matchAll(/\r?\n[ \t]/g)) {
    if (index - at >= left) break;
    left -= index - at;
    at = index + fold.length;
  }
  return at + left;
}
