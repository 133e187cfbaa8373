/** `Content-Disposition` of a file to be kept under this name (RFC 6266 §4). */
export function attachment(name: string): string {
  const ascii = name.replace(/[^\w .()-]/g, "_");
  const extended = encodeURIComponent(name.toWellFormed()).replace(/['()*]/g, escaped);
  return `attachment; filename="${ascii}"; filename*=UTF-8''${extended}`;
}

/** What `encodeURIComponent` leaves, and RFC 8187 §3.2.1 does not take. */
const escaped = (character: string): string =>
  `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
