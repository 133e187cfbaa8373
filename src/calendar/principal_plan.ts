import { checkPrincipalName, foldName, normalMailAddress } from "../access/names.ts";
import type { PrincipalKind } from "../model.ts";
import { Refusal } from "../refusal.ts";
import type { PrincipalEntry } from "../store/questions.ts";
import { checkShownText } from "./shown_text.ts";

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
  const name = before?.principal.name ?? at(wanted, "name", () => checkPrincipalName(wanted.name));
  checkFields(wanted, before?.principal.kind ?? wanted.kind);
  return {
    wanted,
    before,
    id: before?.principal.id ?? ids(),
    name,
    nameKey: foldName(name),
    addresses: wanted.emails?.map((email, index) =>
      at(wanted, `emails[${index}]`, () => normalMailAddress(email))
    ),
  };
}

/** The refusal of a wanted principal: `principals[3].name: bob is there twice`. */
export function refused(wanted: WantedPrincipal, key: string, problem: string): Refusal {
  const text = wanted.at === undefined ? problem : `${wanted.at}.${key}: ${problem}`;
  return new Refusal(409, undefined, { text });
}

function checkFields(wanted: WantedPrincipal, was: PrincipalKind): void {
  const { kind, name, displayName, admin, members } = wanted;
  if (kind !== was) throw refused(wanted, "kind", `${name} is there already, as ${was}`);
  if (displayName !== undefined) {
    at(wanted, "displayName", () => checkShownText("The display name", displayName));
  }
  if (admin && kind !== "individual") {
    throw refused(wanted, "admin", "only an individual can be an administrator");
  }
  if (members?.length && kind !== "group") {
    throw refused(wanted, "members", "only a group has members");
  }
}

/** Whatever `check` refuses is said with its place. */
function at<T>(wanted: WantedPrincipal, key: string, check: () => T): T {
  try {
    return check();
  } catch (error) {
    if (error instanceof Refusal) throw refused(wanted, key, error.message);
    throw error;
  }
}
