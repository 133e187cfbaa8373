import { limits } from "../limits.ts";
import { Refusal } from "../refusal.ts";

/**
 * The name as it is kept, in Unicode's form NFC. Legal is what can stand in a URL, in Basic
 * credentials (RFC 7617 §2: no colon) and on a screen without being taken for another: 1 to
 * `limits.principalNameChars` code points, spaces inside, letters of any script, `@`, `.`, `+`.
 *
 * @throws {Refusal} 400 for any other name, with the reason as its text.
 */
export function checkPrincipalName(name: string): string {
  const normal = name.normalize("NFC");
  const fault = nameFaults.find(({ found }) => found.test(normal));
  if (fault) throw refused(`The name ${fault.text}.`);
  if ([...normal].length > limits.principalNameChars) {
    throw refused(`The name is longer than ${limits.principalNameChars} characters.`);
  }
  return normal;
}

/**
 * The key under which names and log-ins compare, and failed log-ins are counted: what differs by
 * letter case alone, or by how an accent is composed, is one. Folding twice changes nothing more, and
 * a normal mail address folds to itself.
 */
export function foldName(name: string): string {
  return name.normalize("NFC").toLowerCase().normalize("NFC");
}

/**
 * The key under which texts for people are searched: what differs by letter case, by width, by how an
 * accent is composed or by the kind and number of its blanks is one. Those at its ends stay one.
 */
export const searchKey = (text: string): string =>
  text.normalize("NFKC").toUpperCase().normalize("NFKC").replace(/\s+/g, " ");

/** As {@linkcode searchKey}, of a name that is found by it. */
export const displayKey = (displayName: string): string => searchKey(displayName).trim();

/**
 * A mail address as it is kept and compared: without `mailto:`, in lower case. The part before the
 * `@` is folded too: mail hosts that tell case apart are gone, people who type it differently are not.
 *
 * @throws {Refusal} 400 for what is no address or not one to write to.
 */
export function normalMailAddress(text: string): string {
  const address = foldName(withoutScheme(text));
  if (!addressForm.test(address) || utf8.encode(address).length > limits.mailAddressBytes) {
    throw refused(`"${text.slice(0, limits.mailAddressBytes)}" is not a mail address.`);
  }
  return address;
}

/** In the order in which they are told. */
const nameFaults: readonly { readonly found: RegExp; readonly text: string }[] = [
  { found: /^$/, text: "is empty" },
  { found: /^\.\.?$/, text: "means a folder in URLs" },
  { found: /[/\\]/, text: "has a slash" },
  { found: /:/, text: "has a colon, where Basic credentials end the name" },
  { found: /[\p{Cc}\p{Zl}\p{Zp}]/u, text: "has a control character" },
  { found: /\p{Cs}/u, text: "has half of a character (an unpaired surrogate)" },
  { found: /[\p{Cf}\p{Default_Ignorable_Code_Point}]/u, text: "has an invisible character" },
  { found: /^\p{Zs}|\p{Zs}$/u, text: "begins or ends with a space" },
  { found: /[^\P{Zs} ]/u, text: "has a space that is not the common one" },
];

const never = String.raw`@\s\p{Cc}\p{Cf}\p{Cs}\p{Z}<>()[\],;:"\\`;
/** No quoted local parts, no address literals, no comments (RFC 5321 §4.1.2 has them all). */
const addressForm = new RegExp(`^[^${never}]+@[^/${never}]+$`, "u");

const utf8 = new TextEncoder();

/** A `mailto:` URI is percent-encoded (RFC 6068 §2), a bare address is not. */
function withoutScheme(text: string): string {
  const [, encoded] = /^mailto:(.*)$/is.exec(text) ?? [];
  if (encoded === undefined) return text;
  try {
    return decodeURIComponent(encoded);
  } catch {
    return "";
  }
}

const refused = (text: string) => new Refusal(400, undefined, { text });
