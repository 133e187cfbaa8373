import { Refusal } from "../refusal.ts";

export type Depth = 0 | 1 | "infinity";

/**
 * The `Depth` header (RFC 4918 §10.2), or `fallback` without one.
 *
 * @throws {Refusal} 400: any other value.
 */
export function readDepth(headers: Headers, fallback: Depth): Depth {
  const value = headers.get("Depth");
  if (value === null) return fallback;
  const depth = depths.get(value.trim().toLowerCase());
  if (depth === undefined) throw new Refusal(400, undefined, { text: `${value} is no Depth.` });
  return depth;
}

const depths: ReadonlyMap<string, Depth> = new Map<string, Depth>([
  ["0", 0],
  ["1", 1],
  ["infinity", "infinity"],
]);
