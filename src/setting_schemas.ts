import ipaddr from "ipaddr.js";
import * as v from "valibot";

// What the values of settings look like, from the JSON value that a file holds or a text stands for.

/** Where the server listens; port 0 takes a free one. */
export interface ListenAddress {
  /** A name or an IP address, without brackets. */
  readonly hostname: string;
  readonly port: number;
}

export const anyText = v.pipe(v.string("must be a text"), v.nonEmpty("must not be empty"));

/** As text, or as JSON's own true and false. */
export const onOrOff = v.pipe(
  v.unknown(),
  v.transform((value) => typeof value === "string" ? switches.get(value.toLowerCase()) : value),
  v.boolean("must be on or off, or true or false"),
);

const switches: ReadonlyMap<string, boolean> = new Map([
  ["on", true],
  ["true", true],
  ["1", true],
  ["off", false],
  ["false", false],
  ["0", false],
]);

export const whole = (
  least: number,
  most: number,
  problem = `must be a whole number from ${least} to ${most}`,
) =>
  v.pipe(
    v.number(problem),
    v.integer(problem),
    v.minValue(least, problem),
    v.maxValue(most, problem),
  );

/** As a number, or as {@linkcode bytesOf} reads it. */
export const bytes = (least: number, most: number = Number.MAX_SAFE_INTEGER) => {
  const range = most === Number.MAX_SAFE_INTEGER
    ? least === 0 ? "" : `, ${least} or more`
    : ` from ${least} to ${most}`;
  return v.pipe(
    v.unknown(),
    v.transform((value) => typeof value === "string" ? bytesOf(value) : value),
    whole(least, most, `must be a number of bytes${range}, such as 5000000 or 5 MiB`),
  );
};

/** `5000000`, `5 MiB` or `5MiB`, with KiB, MiB, GiB or TiB; undefined: something else. */
export function bytesOf(text: string): number | undefined {
  const [, digits, unit = ""] = /^(\d+)(?: ?([KMGT])iB)?$/.exec(text) ?? [];
  if (digits === undefined) return undefined;
  const bytes = Number(digits) * 1024 ** ["", "K", "M", "G", "T"].indexOf(unit);
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}

const url = (protocols: readonly string[], problem: string) =>
  v.pipe(
    anyText,
    v.check((text) => URL.canParse(text), problem),
    v.transform((text) => new URL(text)),
    v.check(({ protocol, username, password, hash }) => {
      return protocols.includes(protocol) && `${username}${password}${hash}` === "";
    }, problem),
  );

export const origin = v.pipe(
  url(["http:", "https:"], "must be an http or https URL"),
  v.check(({ pathname, search }) => `${pathname}${search}` === "/", "must have no path"),
  v.transform((url) => url.origin),
);

export const database = v.pipe(
  url(["http:", "https:", "libsql:"], "must be an http, https or libsql URL"),
  v.transform((url) => url.href),
);

export const listen = v.pipe(
  anyText,
  v.regex(
    /^(?:\[[0-9a-fA-F:.]+\]|[^\s:/[\]]+):\d{1,5}$/,
    "must be host:port or [IPv6 address]:port",
  ),
  v.transform((text): ListenAddress => {
    const colon = text.lastIndexOf(":");
    return {
      hostname: text.slice(0, colon).replace(/^\[(.*)\]$/, "$1"),
      port: Number(text.slice(colon + 1)),
    };
  }),
  v.check(({ port }) => port <= 65535, "must have a port from 0 to 65535"),
);

export const network = v.pipe(
  anyText,
  v.check(
    (text) => ipaddr.isValidCIDR(text) || isAddress(text),
    "must be an IP address or a network such as 10.0.0.0/8",
  ),
  v.transform((text) => text.includes("/") ? text : `${text}/${text.includes(":") ? 128 : 32}`),
);

/** The short forms of IPv4 (`10.1`) are more often a slip than meant. */
const isAddress = (text: string) =>
  ipaddr.IPv4.isValidFourPartDecimal(text) || ipaddr.IPv6.isValid(text);
