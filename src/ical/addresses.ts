/**
 * A calendar user address (RFC 5545 §3.3.3) in the form in which two are compared and stored:
 * - mail addresses, with `mailto:` in any case or with none, as `mailto:` and lower case;
 * - `urn:uuid:` in lower case, as UUIDs compare without regard to it (RFC 9562 §4);
 * - all others, http URLs and paths of principals among them, as they are.
 *
 * White space around it, and between `mailto:` and the address, goes. Normalising twice changes
 * nothing. Empty for what is only white space.
 */
export function normalAddress(calAddress: string): string {
  const address = calAddress.trim();
  const mail = /^mailto:\s*([^]*)$/i.exec(address)?.[1];
  if (mail !== undefined) return mail === "" ? "" : `mailto:${mail.toLowerCase()}`;
  if (bareMail.test(address)) return `mailto:${address.toLowerCase()}`;
  return /^urn:uuid:/i.test(address) ? address.toLowerCase() : address;
}

/** Neither a scheme nor a path, and an `@` in it. */
const bareMail = /^[^\s:/@]+@[^\s:/@]+$/;
