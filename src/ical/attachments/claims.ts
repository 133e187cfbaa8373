import type { Body } from "../../model.ts";
import type { ContentLine } from "../content_lines.ts";
import { type Edit, edited, linesOf, meant, type Passage, plainPassage } from "../passage.ts";
import {
  type ManagedAttachment,
  managedId,
  ownedLine,
  saysTheSame,
  unmanagedLine,
} from "./line.ts";

/** An ATTACH property of a client by which its object would refer to a managed attachment. */
export interface Claim {
  readonly id: string;
  /** By MANAGED-ID; else by the URL alone, as programs write it that drop what they don't know. */
  readonly isSaid: boolean;
  readonly line: ContentLine;
}

/** What becomes of a claim: it stands for that attachment, is a link like any other, or stays. */
export type Verdict = ManagedAttachment | "link" | "as it is";

/** Whether there may be an ATTACH property, however it is folded. */
export const mayAttach = (body: Body): boolean =>
  attach.test(typeof body === "string" ? body : new TextDecoder("windows-1252").decode(body));

/** The claims of a calendar object, in alarms too. `idOf` tells which attachment is at a URL. */
export function claimsIn(
  passage: Passage,
  idOf: (url: string) => string | undefined,
): readonly Claim[] {
  const claims: Claim[] = [];
  for (const raw of linesOf(passage)) {
    if (raw.name !== "ATTACH") continue;
    const line = meant(passage, raw);
    const said = managedId(line);
    const id = said ?? idOf(line.value);
    if (id !== undefined) claims.push({ id, isSaid: said !== undefined, line });
  }
  return claims;
}

/** The object with its claims judged; the same one where all say what the server says. */
export function withVerdicts(
  passage: Passage,
  claims: readonly Claim[],
  judge: (claim: Claim) => Verdict,
): Passage {
  return edited(
    passage,
    claims.flatMap((claim): readonly Edit[] => {
      const { line } = claim;
      const verdict = judge(claim);
      const text = textFor(claim, verdict);
      return text === undefined ? [] : [{ from: line.start, to: line.end, by: plainPassage(text) }];
    }),
  );
}

function textFor({ line, isSaid }: Claim, verdict: Verdict): string | undefined {
  if (verdict === "as it is") return undefined;
  if (verdict === "link") return isSaid ? unmanagedLine(line) : undefined;
  return saysTheSame(line, verdict) ? undefined : ownedLine(line, verdict);
}

const attach = new RegExp([..."ATTACH"].join("(?:\\r?\\n[ \\t])?"), "i");
