import { Refusal } from "../refusal.ts";
import type { PrincipalCondition } from "../store/questions.ts";
import { D } from "../xml/names.ts";

/**
 * Everybody who has logged in may look for others by a name or an address, and with `listPrincipals`
 * also without knowing anything of them.
 *
 * @throws {Refusal} 403 DAV:number-of-matches-within-limits (RFC 3744 §9.4): a list of everybody.
 */
export function requireSearch(
  condition: PrincipalCondition,
  { listPrincipals }: { readonly listPrincipals: boolean },
): void {
  if (listPrincipals || !lists(condition)) return;
  const text = "a search here says a part of a name or an address";
  throw new Refusal(403, D.numberOfMatchesWithinLimits, { text });
}

/** Whether the condition is met by people of whom it says nothing of their own. */
function lists(condition: PrincipalCondition): boolean {
  switch (condition.kind) {
    case "all":
      return condition.of.every(lists);
    case "any":
      return condition.of.some(lists);
    case "kinds":
    case "enabled":
      return true;
    case "text":
      return (condition.field === "mailto" ? "mailto:" : " ").includes(condition.text);
    case "name":
    case "identity":
      return false;
  }
}
