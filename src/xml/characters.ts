import { Refusal } from "../refusal.ts";

/**
 * Characters that XML 1.0 §2.2 has no way to write, not even as a reference. Lone surrogates belong
 * to them but do not occur: decoding refuses them, and encoding as UTF-8 makes them U+FFFD.
 */
// deno-lint-ignore no-control-regex
export const illegal = /[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/;

/** @param what A noun phrase for people: what is wrong, or where. */
export const notWellFormed = (what: string): Refusal =>
  new Refusal(400, undefined, { text: `The XML is not well-formed: ${what}.` });

/**
 * The text with character references and the five predefined entities resolved (XML 1.0 §4.1,
 * §4.6). There are no others, as there is no DTD.
 *
 * @throws {Refusal} 400: another entity, a bare `&`, or a reference to an illegal character.
 */
export function dereferenced(text: string): string {
  let result = "";
  let copied = 0;
  for (let at = text.indexOf("&"); at >= 0; at = text.indexOf("&", copied)) {
    const end = text.indexOf(";", at);
    if (end < 0) throw notWellFormed("a reference without its end");
    result += text.slice(copied, at) + resolved(text.slice(at + 1, end));
    copied = end + 1;
  }
  return copied === 0 ? text : result + text.slice(copied);
}

const predefined: ReadonlyMap<string, string> = new Map([
  ["amp", "&"],
  ["apos", "'"],
  ["gt", ">"],
  ["lt", "<"],
  ["quot", '"'],
]);

const numeric = /^#(?:x([0-9A-Fa-f]+)|([0-9]+))$/;

/** What stands between `&` and `;`. */
function resolved(reference: string): string {
  const entity = predefined.get(reference);
  if (entity !== undefined) return entity;
  const [, hex, decimal] = numeric.exec(reference) ?? [];
  const code = hex === undefined ? Number(decimal) : parseInt(hex, 16);
  if (!isCharacter(code)) throw notWellFormed(`&${reference.slice(0, 40)}; names no character`);
  return String.fromCodePoint(code);
}

/** XML 1.0 §2.2, `Char`; false for NaN. */
const isCharacter = (code: number): boolean =>
  code === 0x9 || code === 0xa || code === 0xd || code >= 0x20 && code <= 0xd7ff ||
  code >= 0xe000 && code <= 0xfffd || code >= 0x10000 && code <= 0x10ffff;
