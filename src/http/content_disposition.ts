import { limits } from "../limits.ts";
import { readPairs, splitOutsideQuotes } from "./lists.ts";

/** `Content-Disposition` of a file to be kept under this name (RFC 6266 §4). */
export function attachment(name: string): string {
  const ascii = name.replace(/[^\w .()-]/g, "_");
  const extended = encodeURIComponent(name.toWellFormed()).replace(/['()*]/g, escaped);
  return `attachment; filename="${ascii}"; filename*=UTF-8''${extended}`;
}

/**
 * The file name that a client gives (RFC 6266 §4.3): without folders and control characters, and no
 * longer than `limits.fileNameChars`. Undefined where it gives none, or none that is left.
 */
export function fileNameIn(header: string): string | undefined {
  const pairs = readPairs(splitOutsideQuotes(withCharacters(header), ";"));
  const [, encoded] = /^utf-8'[^']*'(.*)$/i.exec(pairs.get("filename*") ?? "") ?? [];
  return fileNameOf((encoded && percentDecoded(encoded)) ?? pairs.get("filename") ?? "");
}

/** The name of a file as it is kept, of what somebody calls it; as {@linkcode fileNameIn}. */
export function fileNameOf(written: string): string | undefined {
  const [name = ""] = /[^/\\]*$/.exec(written) ?? [];
  const kept = name.toWellFormed().replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, "").trim();
  return /^\.*$/.test(kept) ? undefined : shortened(kept);
}

/** The end of a name says what it is. */
function shortened(name: string): string {
  const characters = [...name];
  if (characters.length <= limits.fileNameChars) return name;
  const [extension = ""] = /\.[\p{L}\p{N}]{1,10}$/u.exec(name) ?? [];
  return characters.slice(0, limits.fileNameChars - extension.length).join("") + extension;
}

/** Programs send names in UTF-8, which headers show an octet a character. */
function withCharacters(header: string): string {
  if (!/[\x80-\xff]/.test(header) || /[\u0100-\uffff]/.test(header)) return header;
  try {
    return new TextDecoder("utf-8", { fatal: true })
      .decode(Uint8Array.from(header, (character) => character.charCodeAt(0)));
  } catch {
    return header;
  }
}

function percentDecoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/** What `encodeURIComponent` leaves, and RFC 8187 §3.2.1 does not take. */
const escaped = (character: string): string =>
  `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
