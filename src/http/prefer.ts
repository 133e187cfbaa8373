import { readPairs, splitOutsideQuotes } from "./lists.ts";

/** What a client would rather have (RFC 7240, RFC 8144). */
export interface Preferences {
  /** No 404 propstats, no body where all went well. */
  readonly minimal: boolean;
  /** The new state in the answer to a write, the present one with 412. */
  readonly representation: boolean;
  /** The members without the collection itself. */
  readonly depthNoroot: boolean;
}

/**
 * The `Prefer` headers, and `Brief: t` that Apple, eM Client and Microsoft send for `return=minimal`.
 * Mac OS X 10.9 spells it `return-minimal`. What can't be read is no preference, never an error.
 */
export function readPrefer(headers: Headers): Preferences {
  const preferences = splitOutsideQuotes(headers.get("Prefer") ?? "", ",")
    .map((preference) => splitOutsideQuotes(preference, ";")[0] ?? "");
  const pairs = readPairs(preferences);
  const returned = pairs.get("return")?.toLowerCase();
  const brief = headers.get("Brief")?.trim().toLowerCase() === "t";
  return {
    minimal: brief || returned === "minimal" || pairs.has("return-minimal"),
    representation: returned === "representation" || pairs.has("return-representation"),
    depthNoroot: pairs.has("depth-noroot"),
  };
}
