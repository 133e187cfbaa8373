import { namePart } from "./given_name.ts";

/** Where the name at `from` ends, with at most one colon (Namespaces in XML 1.0 §4); `from`: none. */
export function afterName(xml: string, from: number): number {
  const end = afterPlainName(xml, from);
  if (end > from) return end;
  qualifiedName.lastIndex = from;
  return from + (qualifiedName.exec(xml)?.[0].length ?? 0);
}

const qualifiedName = new RegExp(`${namePart}(?::${namePart})?`, "uy");

/** Where a name of ASCII ends, as nearly all are; `from`: that is for `qualifiedName` to say. */
function afterPlainName(xml: string, from: number): number {
  let end = afterPlainPart(xml, from);
  if (end > from && xml.charCodeAt(end) === colon) {
    const local = end + 1;
    end = afterPlainPart(xml, local);
    if (end === local) return from;
  }
  const next = xml.charCodeAt(end);
  return next === colon || next >= 0x80 ? from : end;
}

function afterPlainPart(xml: string, from: number): number {
  if (!isLetter(xml.charCodeAt(from))) return from;
  let at = from + 1;
  for (;; at++) {
    const code = xml.charCodeAt(at);
    const goesOn = isLetter(code) || code >= 0x30 && code <= 0x39 || code === 0x2d || code === 0x2e;
    if (!goesOn) return at;
  }
}

const colon = 0x3a;

/** Of ASCII, or `_`. */
const isLetter = (code: number): boolean =>
  code >= 0x61 && code <= 0x7a || code >= 0x41 && code <= 0x5a || code === 0x5f;
