import { foldName, searchKey } from "../access/names.ts";
import { finds } from "../ical/text_match.ts";
import type { PrincipalKind } from "../model.ts";
import type { PrincipalCondition, PrincipalField, TextPlace } from "../store/questions.ts";

/** A condition that nobody meets. */
export const nobody: PrincipalCondition = { kind: "any", of: [] };

/** That a field holds the text, whatever the letter case. */
export const fieldHolds =
  (field: PrincipalField) => (text: string, place: TextPlace): PrincipalCondition => ({
    kind: "text",
    field,
    place,
    text: (field === "address" || field === "mailto" ? foldName : searchKey)(text),
  });

/** That the kind of the principal, as a property calls it, holds the text. */
export const kindHolds =
  (names: Readonly<Record<PrincipalKind, string>>) =>
  (text: string, place: TextPlace): PrincipalCondition => ({
    kind: "kinds",
    kinds: (Object.keys(names) as PrincipalKind[])
      .filter((kind) => finds[place](searchKey(names[kind]), searchKey(text))),
  });
