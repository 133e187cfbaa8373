import { contentLines, isBinary, parameter } from "../../src/ical/content_lines.ts";
import { Scanner } from "../../src/ical/scanner/scanner.ts";
import type { IcalBounds } from "../../src/ical/tree.ts";
import { limits } from "../../src/limits.ts";
import { C, type XmlName } from "../../src/xml/names.ts";

/** An object, a character for each octet, with its large values apart. */
export interface Apart {
  readonly skeleton: string;
  readonly values: readonly { readonly offset: number; readonly text: string }[];
}

/** What the scanner makes of an object that comes in these pieces. */
export function scanned(pieces: Iterable<Uint8Array>, bounds: IcalBounds = limits): Apart {
  const scanner = new Scanner(bounds);
  const texts: string[] = [];
  let open = "";
  const take = (parts: ReturnType<Scanner["feed"]>) => {
    for (const part of parts) {
      if (part !== "end") open += latin1(part);
      else {
        texts.push(open);
        open = "";
      }
    }
  };
  for (const piece of pieces) {
    take(scanner.feed(piece.slice())); // none may be looked at later
    piece.fill(0);
  }
  const { parts, skeleton } = scanner.end();
  take(parts);
  if (open !== "" || texts.length !== skeleton.offsets.length) {
    throw new Error(`${texts.length} values ended, of ${skeleton.offsets.length}, and "${open}"`);
  }
  const values = texts.map((text, index) => ({ offset: skeleton.offsets[index] ?? -1, text }));
  return { skeleton: latin1(skeleton.bytes), values };
}

/** The same by a straightforward parse of the whole; `faults` is what the object violates. */
export function setApart(
  octets: Uint8Array,
  bounds: IcalBounds = limits,
): Apart & { readonly faults: ReadonlySet<XmlName> } {
  const text = latin1(octets);
  const faults = new Set<XmlName>();
  const values: { offset: number; text: string }[] = [];
  let skeleton = "";
  let done = 0;
  for (const line of contentLines(text)) {
    const raw = text.slice(line.start, line.end);
    const header = headerOf(line);
    const before = line.name.length + line.params.length + 1 + (header?.length ?? 0);
    const from = header === undefined || line.name === "" ? raw.length : rawOffset(raw, before);
    if (raw.length - from <= bounds.icalValueBytes) {
      if ((header === undefined ? raw.length : from) > bounds.icalTextBytes) {
        faults.add(C.maxResourceSize);
      }
      continue;
    }
    if (from > bounds.icalTextBytes) faults.add(C.maxResourceSize);
    skeleton += text.slice(done, line.start + from);
    done = line.end - (/\r?\n$/.exec(raw)?.[0].length ?? 0);
    values.push({ offset: skeleton.length, text: text.slice(line.start + from, done) });
    if (!mayBe(line.value.slice(header?.length), header ?? "")) faults.add(C.validCalendarData);
  }
  skeleton += text.slice(done);
  if (skeleton.length > bounds.icalSkeletonBytes) faults.add(C.maxResourceSize);
  if (values.length > bounds.icalLargeValues) faults.add(C.validCalendarData);
  return { skeleton, values, faults };
}

/** The whole again. */
export function joined({ skeleton, values }: Apart): string {
  let text = "";
  let done = 0;
  for (const { offset, text: value } of values) {
    text += skeleton.slice(done, offset) + value;
    done = offset;
  }
  return text + skeleton.slice(done);
}

/** What of the value stays with the skeleton; undefined: all of it. */
function headerOf(
  line: { readonly name: string; readonly params: string; readonly value: string },
): string | undefined {
  if (isBinary(line)) return "";
  const type = parameter(line, "VALUE")?.toUpperCase();
  const uris = ["ATTACH", "IMAGE", "URL", "CONFERENCE"];
  const isUri = type === undefined ? uris.includes(line.name) : type === "URI";
  const comma = line.value.indexOf(",");
  if (!isUri || comma < 0 || comma > 1_000 || !/^data:/i.test(line.value)) return undefined;
  return line.value.slice(0, comma + 1);
}

/** Where in the raw line the character behind the first `count` ones, folds not counted, is. */
function rawOffset(raw: string, count: number): number {
  let at = 0;
  for (let left = count; left > 0; left--) {
    at += /^(?:\r?\n[ \t])*/.exec(raw.slice(at, at + 3_000))?.[0].length ?? 0;
    at++;
  }
  return at;
}

function mayBe(value: string, header: string): boolean {
  if (header === "") return /^[A-Za-z0-9+/ \t]*(=[= \t]*)?$/.test(value);
  if (/;base64,$/i.test(header)) return /^[A-Za-z0-9+/% \t]*(=[= \t]*)?$/.test(value);
  return /^[\w.~:/?#[\]@!$&'()*+,;=%\x2d \t]*$/.test(value);
}

export const latin1 = (octets: Uint8Array): string => {
  let text = "";
  for (let at = 0; at < octets.length; at += 10_000) {
    text += String.fromCharCode(...octets.subarray(at, at + 10_000));
  }
  return text;
};

export const octetsOf = (text: string): Uint8Array =>
  Uint8Array.from(text, (character) => character.charCodeAt(0));
