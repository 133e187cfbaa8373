/** One unfolded content line (RFC 5545 §3.1). */
export interface ContentLine {
  /** In upper case; empty where this is no content line: no name, no colon, an open quote. */
  readonly name: string;
  /** As written, each parameter behind its semicolon: `;TZID=Europe/Vienna`. */
  readonly params: string;
  readonly value: string;
  /** Of its first physical line, counted from 1. */
  readonly number: number;
  /** Offsets in the text: of its first character, and behind its line end. */
  readonly start: number;
  readonly end: number;
}

/**
 * The content lines of `text`, in time linear in its length. A line ends with CRLF or LF. Empty
 * lines are left out. Only folded lines are copied.
 */
export function* contentLines(text: string): Generator<ContentLine, void, void> {
  const place = { at: 0, number: 1 };
  while (place.at < text.length) {
    const line = nextLine(text, place);
    if (line) yield line;
  }
}

/** Where the next content line of a text begins, and its number. */
export interface LinePlace {
  at: number;
  number: number;
}

/** The line there, and moves the place behind it; undefined: it is empty. */
export function nextLine(text: string, place: LinePlace): ContentLine | undefined {
  const { at: start, number } = place;
  let end = afterLine(text, start);
  place.number++;
  const folded = isBlank(text.charCodeAt(end));
  while (isBlank(text.charCodeAt(end))) {
    end = afterLine(text, end);
    place.number++;
  }
  place.at = end;
  const written = text.slice(start, withoutLineEnd(text, start, end));
  const line = folded ? unfolded(written) : written;
  if (line.trim() === "") return undefined;
  const { name, params, value } = partsOfLine(line);
  return { name, params, value, number, start, end };
}

/** The value of a parameter without its quotes, by its name in upper case. */
export function parameter(
  { params }: Pick<ContentLine, "params">,
  name: string,
): string | undefined {
  if (params === "") return undefined;
  const at = params.includes('"') ? -1 : params.indexOf(`;${name}=`);
  if (at >= 0) { // As most write it.
    const end = params.indexOf(";", at + 1);
    return params.slice(at + name.length + 2, end < 0 ? undefined : end);
  }
  for (const [, found = "", value = ""] of params.matchAll(oneParameter)) {
    if (found.toUpperCase() === name) return value.replaceAll('"', "");
  }
  return undefined;
}

/**
 * All parameters by their names in upper case, without quotes and with what RFC 6868 escapes; of a
 * name that is there twice the last one.
 */
export function parametersOf({ params }: ContentLine): Record<string, string | string[]> {
  const found: Record<string, string | string[]> = {};
  if (!/[",^]/.test(params)) { // As most are written.
    for (const written of params.slice(1).split(";")) {
      const equals = written.indexOf("=");
      found[written.slice(0, equals).toUpperCase()] = written.slice(equals + 1);
    }
    return found;
  }
  for (const [, name = "", written = ""] of params.matchAll(oneParameter)) {
    const values = (written.match(oneValue) ?? [""]).map((value) =>
      value.replaceAll('"', "").replace(/\^[n'^]/g, (escape) => escaped[escape] ?? escape)
    );
    found[name.toUpperCase()] = values.length === 1 ? values[0] ?? "" : values;
  }
  return found;
}

/** The parameters as written, but for those of these names, in upper case. */
export const withoutParameters = (
  { params }: Pick<ContentLine, "params">,
  names: ReadonlySet<string>,
): string =>
  [...params.matchAll(oneParameter)]
    .filter(([, name = ""]) => !names.has(name.toUpperCase()))
    .map(([written]) => written)
    .join("");

/** The parameters as written, but that those of this name, in upper case, have other values. */
export const changedParameters = (
  { params }: Pick<ContentLine, "params">,
  name: string,
  change: (value: string) => string,
): string =>
  params.replace(oneParameter, (written, found: string, value: string) => {
    if (found.toUpperCase() !== name) return written;
    const changed = change(value.replaceAll('"', "")).replaceAll('"', "");
    return `;${found}=${/[,;:]/.test(changed) ? `"${changed}"` : changed}`;
  });

/** Whether its value is BINARY (RFC 5545 §3.3.1): one of the two parameters that say so is there. */
export const isBinary = (line: Pick<ContentLine, "params">): boolean =>
  /BASE64|BINARY/i.test(line.params) &&
  (parameter(line, "ENCODING")?.toUpperCase() === "BASE64" ||
    parameter(line, "VALUE")?.toUpperCase() === "BINARY");

/** The text without its folds. */
export const unfolded = (text: string): string => text.replace(fold, "");

/**
 * What an unfolded line consists of, or its beginning: without a colon there yet, all is empty, and
 * with one it has name and parameters as the whole line has.
 */
export function partsOfLine(line: string): Pick<ContentLine, "name" | "params" | "value"> {
  const nameEnd = afterName(line, 0);
  const colon = nameEnd > 0 ? afterParameters(line, nameEnd) : -1;
  if (colon < 0 || line[colon] !== ":") return noLine;
  return {
    name: line.slice(0, nameEnd).toUpperCase(),
    params: line.slice(nameEnd, colon),
    value: line.slice(colon + 1),
  };
}

const fold = /\r?\n[ \t]/g;

/** A parameter with all of its values; the alternatives exclude each other, so it is linear. */
const oneParameter = /;([\w.-]+)=((?:[^";]|"[^"]*")*)/g;

/** One of the values that commas stand between. */
const oneValue = /(?:[^",]|"[^"]*")+/g;

/** RFC 6868 §3.2. */
const escaped: Readonly<Record<string, string>> = { "^n": "\n", "^'": '"', "^^": "^" };

const noLine = { name: "", params: "", value: "" };

/**
 * Where the parameters that begin at `at` end, or -1. A value that begins with a quote may hold
 * colons, semicolons and commas; a quote further in is a character like any other.
 */
function afterParameters(line: string, at: number): number {
  while (line[at] === ";") {
    const equals = afterName(line, at + 1);
    if (equals === at + 1 || line[equals] !== "=") return -1;
    at = equals;
    do {
      at++;
      if (line[at] === '"') {
        at = line.indexOf('"', at + 1) + 1;
        if (at === 0) return -1;
      }
      while (at < line.length && !isDelimiter(line.charCodeAt(at))) at++;
    } while (line[at] === ",");
  }
  return at;
}

function afterName(line: string, at: number): number {
  while (isNameCharacter(line.charCodeAt(at))) at++;
  return at;
}

function afterLine(text: string, start: number): number {
  const lineFeed = text.indexOf("\n", start);
  return lineFeed < 0 ? text.length : lineFeed + 1;
}

function withoutLineEnd(text: string, start: number, end: number): number {
  if (text[end - 1] !== "\n") return end;
  return end - 2 >= start && text[end - 2] === "\r" ? end - 2 : end - 1;
}

/** A space or a tab; false for NaN, which is the code behind the end. */
const isBlank = (code: number): boolean => code === 0x20 || code === 0x09;

/** `,`, `:` or `;`. */
const isDelimiter = (code: number): boolean => code === 0x2c || code === 0x3a || code === 0x3b;

/** Letters, digits, `-`, and `_` and `.`, which occur in the names that people make up. */
const isNameCharacter = (code: number): boolean =>
  code >= 0x61 && code <= 0x7a || code >= 0x41 && code <= 0x5a || code >= 0x30 && code <= 0x39 ||
  code === 0x2d || code === 0x2e || code === 0x5f;
