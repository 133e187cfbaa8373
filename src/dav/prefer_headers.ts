import type { Preferences } from "../http/prefer.ts";
import { variantVary } from "./variant.ts";

/** What is said of the preferences that an answer to PROPFIND or REPORT honours (RFC 8144 §2). */
export function preferHeaders({ minimal, depthNoroot }: Preferences): Record<string, string> {
  const applied = [
    ...(minimal ? ["return=minimal"] : []),
    ...(depthNoroot ? ["depth-noroot"] : []),
  ];
  const vary = { vary: `Prefer, Brief, ${variantVary}` };
  return applied.length === 0 ? vary : { ...vary, "preference-applied": applied.join(", ") };
}
