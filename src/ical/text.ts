import type { Body } from "../model.ts";
import { refuse } from "./refuse.ts";

/** Bytes as the store keeps them, so that exactly they come back: text where they are UTF-8. */
export function bodyOf(bytes: Uint8Array): Body {
  try {
    return exactUtf8.decode(bytes);
  } catch {
    return bytes;
  }
}

/**
 * The text of a calendar object for whoever reads it. There is no byte order mark any more, and
 * lines that were folded in the middle of a character, as iOS and others do and RFC 5545 §3.1
 * allows, are whole in that place; all else is as it was written.
 *
 * @throws {Refusal} CALDAV:valid-calendar-data: not UTF-8.
 */
export function textOf(body: Body): string {
  if (typeof body === "string") return body.startsWith("\ufeff") ? body.slice(1) : body;
  try {
    return utf8.decode(withWholeCharacters(body));
  } catch {
    throw refuse.validCalendarData("the text is not UTF-8");
  }
}

/** The text that a TEXT value stands for (RFC 5545 §3.3.11). */
export const unescapedText = (value: string): string =>
  value.replace(/\\([\\;,nN])/g, (_, found: string) => found.toLowerCase() === "n" ? "\n" : found);

/** A time zone as a TZID names it: the property escapes what the parameter puts into quotes. */
export const tzidIn = (value: string): string =>
  (value.includes("\\") ? unescapedText(value) : value).trim();

export const escapedText = (text: string): string =>
  text.replace(/[\\;,]/g, "\\$&").replace(/\r\n|\r|\n/g, "\\n");

/** A content line in octets of at most 75 per physical line (RFC 5545 §3.1), with its line end. */
export function folded(line: string): string {
  if (line.length <= 75 && ascii.test(line)) return line + "\r\n";
  let text = "";
  let octets = 0;
  for (const character of line) {
    const size = octetsOf(character.codePointAt(0) ?? 0);
    if (octets + size > 75) {
      text += "\r\n ";
      octets = 1;
    }
    text += character;
    octets += size;
  }
  return text + "\r\n";
}

const utf8 = new TextDecoder("utf-8", { fatal: true });

/** Keeps the byte order mark too. */
const exactUtf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

// deno-lint-ignore no-control-regex
const ascii = /^[\x00-\x7f]*$/;

const octetsOf = (code: number): number =>
  code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;

/** Takes out the folds behind which a character goes on, as no line begins with such an octet. */
function withWholeCharacters(bytes: Uint8Array): Uint8Array {
  const whole = new Uint8Array(bytes.length);
  let length = 0;
  for (let at = 0; at < bytes.length; at++) {
    const width = foldAt(bytes, at);
    if (width > 0 && isContinuation(bytes[at + width])) at += width;
    whole[length++] = bytes[at] ?? 0;
  }
  return whole.subarray(0, length);
}

/** Octets of the fold that begins at `at`, CRLF or LF and a blank; 0 where there is none. */
function foldAt(bytes: Uint8Array, at: number): number {
  const lineFeed = bytes[at] === 0x0d ? at + 1 : at;
  if (bytes[lineFeed] !== 0x0a) return 0;
  const blank = bytes[lineFeed + 1];
  return blank === 0x20 || blank === 0x09 ? lineFeed + 2 - at : 0;
}

const isContinuation = (byte = 0): boolean => (byte & 0xc0) === 0x80;
