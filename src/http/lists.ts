/**
 * The parts of a header value between separators outside quoted strings (RFC 9110 §5.6), trimmed;
 * empty ones are left out. A quote that is never closed takes all the rest into its part.
 */
export function splitOutsideQuotes(value: string, separator: "," | ";"): string[] {
  const parts: string[] = [];
  let from = 0;
  let quoted = false;
  for (let at = 0; at < value.length; at++) {
    const character = value[at];
    if (character === '"') quoted = !quoted;
    else if (character === "\\" && quoted) at += 1;
    else if (character === separator && !quoted) {
      parts.push(value.slice(from, at));
      from = at + 1;
    }
  }
  parts.push(value.slice(from));
  return parts.map((part) => part.trim()).filter((part) => part !== "");
}

/**
 * `name=value` pairs, where a value may be quoted and a name alone has the empty one. Names are in
 * lower case, the first of a name counts, and what is no pair is left out.
 */
export function readPairs(parts: readonly string[]): ReadonlyMap<string, string> {
  const pairs = new Map<string, string>();
  for (const part of parts) {
    const { name, token = "", quoted } = pair.exec(part)?.groups ?? {};
    if (name === undefined || pairs.has(name.toLowerCase())) continue;
    pairs.set(name.toLowerCase(), quoted?.replace(/\\(.)/g, "$1") ?? token);
  }
  return pairs;
}

const pair = (() => {
  const token = "[!#$%&'*+.^_`|~\\w-]+";
  const value = `(?<token>${token})?|"(?<quoted>(?:[^"\\\\]|\\\\.)*)"`;
  return new RegExp(`^(?<name>${token})(?:\\s*=\\s*(?:${value}))?$`);
})();
