import { foldName } from "../access/names.ts";
import type { Credential, Principal, PrincipalBounds } from "../model.ts";
import { Refusal } from "../refusal.ts";
import type { PrincipalEntry } from "../store/questions.ts";
import type { WantedPrincipal } from "./principal_plan.ts";
import { type Given, isAsRead, upsertPrincipals } from "./principals.ts";
import { checkShownText } from "./shown_text.ts";
import type { Decision } from "./transact.ts";

/** A new account. What {@linkcode upsertPrincipals} refuses is refused, and one that there is. */
export function addPrincipal(
  current: readonly PrincipalEntry[],
  wanted: WantedPrincipal,
  given: Given,
): Decision<void> {
  const key = foldName(wanted.name);
  const same = current.find(({ principal }) => foldName(principal.name) === key);
  if (same) throw refused(`${same.principal.name} is there already`);
  return { ...upsertPrincipals(current, [wanted], given), reply: undefined };
}

/** The first account of a database in which there is nobody. */
export function firstAdministrator(passwordHash: string, given: Given): Decision<void> {
  const { changes } = upsertPrincipals([], [{ ...firstAccount, passwordHash }], given);
  return { rests: [{ kind: "nobody-yet" }], changes, reply: undefined };
}

/** Of {@linkcode firstAdministrator}. */
export const firstAccount = {
  kind: "individual",
  name: "admin",
  displayName: "Administrator",
  admin: true,
} as const satisfies WantedPrincipal;

export function setPassword(principal: Principal, hash: string, now: number): Decision<void> {
  const change = { kind: "set-password", principalId: principal.id, hash, created: now } as const;
  return { rests: [isAsRead(principal)], changes: [change], reply: undefined };
}

/** A disabled account can't log in; all of its data stays. */
export function setDisabled(principal: Principal, disabled: boolean): Decision<void> {
  if (principal.disabled === disabled) return { rests: [], changes: [], reply: undefined };
  const change = { kind: "set-principal", id: principal.id, disabled } as const;
  return { rests: [isAsRead(principal)], changes: [change], reply: undefined };
}

/** What is absent in `bounds` is from now on as for everybody. */
export const setBounds = (
  principal: Principal,
  bounds: Pick<PrincipalBounds, "quotaBytes" | "resourceBytes">,
): Decision<void> => ({
  rests: [isAsRead(principal)],
  changes: [{ kind: "set-bounds", id: principal.id, ...bounds }],
  reply: undefined,
});

/** `existing`: the app passwords that there are; each label stands once. */
export function addAppPassword(
  principal: Principal,
  existing: readonly Credential[],
  app: { readonly label: string; readonly hash: string; readonly created: number },
): Decision<void> {
  checkShownText("The name of the app password", app.label);
  if (existing.some(({ label }) => label === app.label)) {
    throw refused(`${principal.name} has an app password "${app.label}" already`);
  }
  const change = { kind: "add-app-password", principalId: principal.id, ...app } as const;
  return { rests: [isAsRead(principal)], changes: [change], reply: undefined };
}

export function revokeAppPassword(
  principal: Principal,
  existing: readonly Credential[],
  label: string,
): Decision<void> {
  if (!existing.some((one) => one.label === label)) {
    throw refused(`${principal.name} has no app password "${label}"`);
  }
  const change = { kind: "revoke-app-password", principalId: principal.id, label } as const;
  return { rests: [isAsRead(principal)], changes: [change], reply: undefined };
}

const refused = (text: string) => new Refusal(409, undefined, { text });
