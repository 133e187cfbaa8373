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
export const dereferenced = (text: string): string =>
  text.includes("&") ? text.replace(reference, resolved) : text;

const reference = /&(?:#x([0-9A-Fa-f]+);|#([0-9]+);|([a-z]+);)?/g;

const predefined: ReadonlyMap<string, string> = new Map([
  ["amp", "&"],
  ["apos", "'"],
  ["gt", ">"],
  ["lt", "<"],
  ["quot", '"'],
]);

/** Of a bare `&` all three groups are undefined. */
function resolved(found: string, hex?: string, decimal?: string, entity?: string): string {
  if (entity !== undefined) {
    const character = predefined.get(entity);
    if (character === undefined) throw notWellFormed(`no entity is called ${entity}`);
    return character;
  }
  const code = hex === undefined ? Number(decimal) : parseInt(hex, 16);
  if (!isCharacter(code)) throw notWellFormed(`"${found}" names no character`);
  return String.fromCodePoint(code);
}

/** XML 1.0 §2.2, `Char`; false for NaN. */
const isCharacter = (code: number): boolean =>
  code === 0x9 || code === 0xa || code === 0xd || code >= 0x20 && code <= 0xd7ff ||
  code >= 0xe000 && code <= 0xfffd || code >= 0x10000 && code <= 0x10ffff;
