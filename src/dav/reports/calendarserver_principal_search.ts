import { limits } from "../../limits.ts";
import type { PrincipalKind } from "../../model.ts";
import { Refusal } from "../../refusal.ts";
import type { PrincipalCondition } from "../../store/questions.ts";
import { CS } from "../../xml/names.ts";
import { childrenNamed, textOf } from "../../xml/tree.ts";
import type { Report } from "../door.ts";
import { fieldHolds } from "../principal_fields.ts";
import { askedOnce, limitIn, requireDepthZero } from "../report_parts.ts";
import { allKinds } from "../resource.ts";
import { principalKindsBelow, principalsHref } from "../target.ts";
import { principalsFound } from "./principals_found.ts";

/**
 * Apple's completion of what somebody types: the principals in whose display name or mail addresses
 * each word is.
 */
export const calendarserverPrincipalSearch: Report = {
  name: CS.calendarserverPrincipalSearch,
  on: allKinds,
  run(body, resource, request, door) {
    requireDepthZero(request.headers);
    const words = childrenNamed(body, CS.searchToken).map((one) => textOf(one).trim());
    if (words.length > limits.searchTerms) {
      throw new Refusal(400, undefined, { text: "there are too many words in one search" });
    }
    const { context } = body.attributes;
    const { limit, nresults } = CS;
    const search = {
      condition: { kind: "all", of: words.map(named) } as const,
      kinds: contexts.get(context ?? "") ?? principalKindsBelow(principalsHref),
      asked: askedOnce(body),
      limit: limitIn(body, { limit, nresults, most: limits.principalMatches }),
    };
    return Promise.resolve(principalsFound(search, resource, request, door));
  },
};

const named = (word: string): PrincipalCondition => ({
  kind: "any",
  of: [fieldHolds("display")(word, "contains"), fieldHolds("address")(word, "contains")],
});

/** Who may come into question; an `attendee`, and whatever else is said, may be anybody. */
const contexts: ReadonlyMap<string, readonly PrincipalKind[]> = new Map([
  ["user", ["individual"]],
  ["group", ["group"]],
  ["location", ["room"]],
  ["resource", ["resource"]],
]);
