import { readPairs, splitOutsideQuotes } from "./lists.ts";

/**
 * The weight (RFC 9110 §12.4.2) of a media type, in lower case, that `Accept` names itself; undefined
 * where it does not, whatever its wildcards say.
 */
export function weightOf(headers: Headers, type: string): number | undefined {
  for (const range of splitOutsideQuotes(headers.get("accept") ?? "", ",")) {
    const [name = "", ...parameters] = splitOutsideQuotes(range, ";");
    if (name.toLowerCase() !== type) continue;
    const weight = readPairs(parameters).get("q") ?? "1";
    return /^[01](?:\.\d{0,3})?$/.test(weight) ? Math.min(Number(weight), 1) : 0;
  }
  return undefined;
}
