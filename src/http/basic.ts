export interface BasicCredentials {
  readonly name: string;
  /** May hold colons. */
  readonly password: string;
}

/**
 * The credentials of an `Authorization` header in the scheme Basic (RFC 7617), undefined for another
 * scheme or a broken value. They are UTF-8, or Latin-1 where they can't be UTF-8: old clients.
 */
export function readBasic(authorization: string | undefined): BasicCredentials | undefined {
  const encoded = authorization?.match(/^Basic +([A-Za-z0-9+/]+={0,2}) *$/i)?.[1];
  const bytes = encoded === undefined ? undefined : decoded(encoded);
  if (bytes === undefined) return undefined;
  const text = isAscii(bytes) ? bytes : utf8(bytes) ?? bytes;
  const colon = text.indexOf(":");
  // deno-lint-ignore no-control-regex -- RFC 7617 §2 forbids them, and logs and databases fear them.
  if (colon < 0 || /[\x00-\x1f\x7f]/.test(text)) return undefined;
  return { name: text.slice(0, colon), password: text.slice(colon + 1) };
}

/** One character for each byte, which is Latin-1. */
function decoded(base64: string): string | undefined {
  try {
    return atob(base64);
  } catch {
    return undefined;
  }
}

// deno-lint-ignore no-control-regex -- that is what ASCII is.
const isAscii = (text: string): boolean => /^[\x00-\x7f]*$/.test(text);

function utf8(latin1: string): string | undefined {
  const bytes = Uint8Array.from(latin1, (character) => character.charCodeAt(0));
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
