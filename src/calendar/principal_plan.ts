import { checkPrincipalName, foldName, normalMailAddress } from "../access/names.ts";
import { limits } from "../limits.ts";
import type { PrincipalKind } from "../model.ts";
import { Refusal } from "../refusal.ts";
import type { PrincipalEntry } from "../store/store.ts";

/** A principal as an administrator wants it. What is absent stays, or takes its default. */
export interface WantedPrincipal {
  /** Where it stands in its file, as `principals[3]`: refusals begin with it. */
  readonly at?: string;
  readonly kind: PrincipalKind;
  readonly name: string;
  /** Default: the name. */
  readonly displayName?: string;
  /** Mail addresses as people write them; they replace those that were. */
  readonly emails?: readonly string[];
  readonly admin?: boolean;
  /** Of a group: names, which replace those that were. They may stand later in the same list. */
  readonly members?: readonly string[];
  /** Of a password that differs from the one it has. */
  readonly passwordHash?: string;
}

/** A wanted principal beside the one that there is, and what both come to. */
export interface Plan {
  readonly wanted: WantedPrincipal;
  readonly before?: PrincipalEntry;
  readonly id: number;
  readonly name: string;
  readonly nameKey: string;
  /** As wanted, normalised; undefined: they stay. */
  readonly addresses?: readonly string[];
}

/**
 * What the wanted principal comes to, looked at by itself.
 *
 * @throws {Refusal} Its text names the place.
 */
export function planOf(
  wanted: WantedPrincipal,
  before: PrincipalEntry | undefined,
  ids: () => number,
): Plan {
  for (const [key, problemOf] of rules) {
    const problem = problemOf(wanted, before);
    if (problem !== undefined) throw refused(wanted, key, problem);
  }
  return {
    wanted,
    before,
    id: before?.principal.id ?? ids(),
    name: before?.principal.name ?? wanted.name,
    nameKey: foldName(wanted.name),
    addresses: wanted.emails?.map((email, index) => addressOf(wanted, email, index)),
  };
}

/** The refusal of a wanted principal: `principals[3].name: bob is there twice`. */
export function refused(wanted: WantedPrincipal, key: string, problem: string): Refusal {
  const text = wanted.at === undefined ? problem : `${wanted.at}.${key}: ${problem}`;
  return new Refusal(409, undefined, { text });
}

type Rule = (wanted: WantedPrincipal, before?: PrincipalEntry) => string | undefined;

const rules: readonly (readonly [key: keyof WantedPrincipal, Rule])[] = [
  ["name", ({ name }, before) => before ? undefined : checkPrincipalName(name)],
  ["kind", ({ kind, name }, before) => {
    const was = before?.principal.kind ?? kind;
    return was === kind ? undefined : `${name} is there already, as ${was}`;
  }],
  ["displayName", ({ displayName }) => displayName === undefined ? undefined : unfit(displayName)],
  ["admin", ({ admin, kind }) => {
    return admin && kind !== "individual"
      ? "only an individual can be an administrator"
      : undefined;
  }],
  ["members", ({ members, kind }) => {
    return members && kind !== "group" ? "only a group has members" : undefined;
  }],
];

function unfit(displayName: string): string | undefined {
  if (displayName.trim() === "") return "the display name must not be empty";
  if (unprintable.test(displayName)) return "the display name must not hold control characters";
  if (displayName.length <= limits.displayNameCharacters) return undefined;
  return `the display name must not exceed ${limits.displayNameCharacters} characters`;
}

/** What XML can't carry, and line ends. */
const unprintable = /[\p{Cc}\p{Cs}\uFFFE\uFFFF]/u;

function addressOf(wanted: WantedPrincipal, email: string, index: number): string {
  const address = normalMailAddress(email);
  if (address !== undefined) return address;
  throw refused(wanted, `emails[${index}]`, `${email} is no mail address`);
}
