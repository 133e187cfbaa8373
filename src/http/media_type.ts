import { readPairs, splitOutsideQuotes } from "./lists.ts";

export interface MediaType {
  /** `type/subtype` in lower case. */
  readonly type: string;
  /** Names in lower case, values as they came. */
  readonly parameters: ReadonlyMap<string, string>;
  /** The parameter of this name, in lower case. */
  readonly charset?: string;
}

/** A `Content-Type` (RFC 9110 §8.3.1); undefined where there is none, or none that can be read. */
export function readMediaType(contentType: string | null | undefined): MediaType | undefined {
  const [type = "", ...rest] = splitOutsideQuotes(contentType ?? "", ";");
  if (!typeAndSubtype.test(type)) return undefined;
  const parameters = readPairs(rest);
  const charset = parameters.get("charset")?.toLowerCase();
  return { type: type.toLowerCase(), parameters, ...(charset && { charset }) };
}

const typeAndSubtype = /^[!#$%&'*+.^_`|~\w-]+\/[!#$%&'*+.^_`|~\w-]+$/;
