/** CALDAV:text-match (RFC 4791 §9.7.5). */
export interface TextMatch {
  readonly collation: Collation;
  /** What is looked for, as the collation compares it. */
  readonly collated: string;
  readonly type: MatchType;
  /** Whether it is to be missing instead. */
  readonly negated: boolean;
}

/** Where in the value the text is to be; all but `contains` are of `calendar-query-extended`. */
export type MatchType = "contains" | "equals" | "starts-with" | "ends-with";

/** A collation (RFC 4790) by its name; two texts are equal where it makes the same of both. */
export type Collation = keyof typeof collations;

const collations = {
  /** RFC 4790 §9.2. */
  "i;ascii-casemap": (text: string): string => text.replace(/[a-z]+/g, (one) => one.toUpperCase()),
  /** RFC 4790 §9.3. Code units do, since no text is cut within a character. */
  "i;octet": (text: string): string => text,
  /** RFC 5051 §2. A letter whose capital is two, as the German ß, stays. */
  "i;unicode-casemap": (text: string): string => {
    const upper = text.toUpperCase();
    // Otherwise there is one with several capitals; to look at each takes its time.
    const isOfEach = upper.length === text.length;
    const capitals = isOfEach ? upper : text.replace(/[\p{L}\p{M}\p{N}\p{S}]/gu, capital);
    return capitals.normalize("NFKD");
  },
};

/** CALDAV:supported-collation-set (RFC 4791 §7.5.1). */
export const collationNames = Object.keys(collations) as readonly Collation[];

/** `default`, like no name, is the first one (RFC 4791 §7.5); undefined: not supported. */
export const collationNamed = (name: string): Collation | undefined =>
  name === "default" ? "i;ascii-casemap" : collationNames.find((one) => one === name);

export const textMatch = (
  text: string,
  { collation = "i;ascii-casemap", type = "contains", negated = false }: Partial<
    Omit<TextMatch, "collated">
  > = {},
): TextMatch => ({ collation, collated: collations[collation](text), type, negated });

/** Of a property with several values, one is enough (RFC 4791 §9.7.5). */
export function matchesText(
  values: readonly string[],
  { collation, collated, type, negated }: TextMatch,
): boolean {
  const found = values.some((value) => finds[type](collations[collation](value), collated));
  return found !== negated;
}

/** Whether a text is at that place of another one. */
export const finds: Readonly<Record<MatchType, (text: string, wanted: string) => boolean>> = {
  contains: (text, wanted) => text.includes(wanted),
  equals: (text, wanted) => text === wanted,
  "starts-with": (text, wanted) => text.startsWith(wanted),
  "ends-with": (text, wanted) => text.endsWith(wanted),
};

function capital(character: string): string {
  const upper = character.toUpperCase();
  return [...upper].length === 1 ? upper : character;
}
