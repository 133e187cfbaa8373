import { notWellFormed } from "./characters.ts";

/**
 * The text of an XML document without byte order mark and XML declaration: UTF-8; UTF-16 with a
 * byte order mark or recognisable by its first character; ISO-8859-1 where that is declared.
 *
 * @throws {Refusal} 400: another encoding, bytes that are not in it, or a broken declaration.
 */
export function decodeXml(bytes: Uint8Array): string {
  const label = labelByBytes(bytes) ?? labelByDeclaration(bytes) ?? "utf-8";
  const text = decoded(bytes, label);
  if (!/^<\?xml\s/.test(text)) return text;

  const found = declaration.exec(text);
  if (found === null) throw notWellFormed("its declaration");
  const declared = found[3];
  if (declared !== undefined && !labelsOf(declared).includes(label)) {
    throw notWellFormed(`it is not in ${declared}`);
  }
  return text.slice(found[0].length);
}

/** XML 1.0 §2.8, `XMLDecl`; the third group is the encoding. */
const declaration =
  /^<\?xml\s+version\s*=\s*(["'])1\.\d+\1(?:\s+encoding\s*=\s*(["'])([A-Za-z][\w.-]*)\2)?(?:\s+standalone\s*=\s*(["'])(?:yes|no)\4)?\s*\?>/;

/** Long enough for every declaration that says an encoding and is not padded. */
const declarationBytes = 256;
const greaterThan = 0x3e;

/** Decoders that may have read what declares one of these names; ASCII is a part of UTF-8. */
const encodings: ReadonlyMap<string, readonly string[]> = new Map([
  ["utf-8", ["utf-8"]],
  ["us-ascii", ["utf-8"]],
  ["iso-8859-1", ["iso-8859-1"]],
  ["utf-16", ["utf-16le", "utf-16be"]],
  ["utf-16le", ["utf-16le"]],
  ["utf-16be", ["utf-16be"]],
]);

const labelsOf = (declared: string) => encodings.get(declared.toLowerCase()) ?? [];

/** By the byte order mark, or by `<` in UTF-16 (XML 1.0 appendix F). */
function labelByBytes([first, second, third]: Uint8Array): string | undefined {
  if (first === 0xef && second === 0xbb && third === 0xbf) return "utf-8";
  if (first === 0xfe && second === 0xff || first === 0x00 && second === 0x3c) return "utf-16be";
  if (first === 0xff && second === 0xfe || first === 0x3c && second === 0x00) return "utf-16le";
  return undefined;
}

/** All that is left has the declaration in ASCII. */
function labelByDeclaration(bytes: Uint8Array): string | undefined {
  const end = bytes.subarray(0, declarationBytes).indexOf(greaterThan) + 1;
  const head = String.fromCharCode(...bytes.subarray(0, end));
  const declared = declaration.exec(head)?.[3];
  return declared === undefined ? undefined : labelsOf(declared)[0];
}

function decoded(bytes: Uint8Array, label: string): string {
  try {
    return decoderOf(label).decode(bytes);
  } catch (error) {
    if (error instanceof TypeError) throw notWellFormed(`it is not in ${label}`);
    throw error;
  }
}

/** To make one takes longer than to read most documents. */
const utf8 = new TextDecoder("utf-8", { fatal: true });

const decoderOf = (label: string): TextDecoder =>
  label === "utf-8" ? utf8 : new TextDecoder(label, { fatal: true });
