import type { XmlElement } from "./tree.ts";

/** Larger documents hold what differs from one request to the next: hrefs, values. */
const sizeMaxBytes = 4096;

/**
 * Short documents that were read lately: programs ask the same few questions again and again, and to
 * read one takes as long as to answer it. Each is known by all of its bytes; of more than `count`, the
 * one that was asked for least lately is forgotten.
 */
export function createRecentDocuments(count = 128) {
  const roots = new Map<string, XmlElement>();
  return async function (
    bytes: Uint8Array,
    read: (bytes: Uint8Array) => Promise<XmlElement>,
  ): Promise<XmlElement> {
    if (bytes.length > sizeMaxBytes) return read(bytes);
    const key = eachByte.decode(bytes);
    const root = roots.get(key) ?? await read(bytes);
    roots.delete(key);
    roots.set(key, root);
    const [oldest] = roots.keys();
    if (roots.size > count && oldest !== undefined) roots.delete(oldest);
    return root;
  };
}

/** Gives each byte a character of its own, so different bytes never become the same text. */
const eachByte = new TextDecoder("windows-1252");
