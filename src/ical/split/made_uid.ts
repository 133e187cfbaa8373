import { digestOf } from "./digest.ts";
import type { OctetSource, Range } from "./source.ts";

/**
 * The UID of a component that has none, made of its content but for DTSTAMP: of the shape of a UUID of
 * version 8 (RFC 9562 §5.8).
 */
export async function madeUid(source: OctetSource, component: Range): Promise<string> {
  const digest = await digestOf(
    source,
    component,
    ({ name }) => name !== "DTSTAMP" && name !== "UID",
  );
  return digest.slice(0, 32)
    .replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/, "$1-$2-8$3-a$4-$5");
}
