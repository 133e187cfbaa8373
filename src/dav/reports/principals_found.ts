import { requireSearch } from "../../access/searching.ts";
import { limits } from "../../limits.ts";
import type { PrincipalKind } from "../../model.ts";
import type { PrincipalCondition } from "../../store/questions.ts";
import { D } from "../../xml/names.ts";
import { el } from "../../xml/tree.ts";
import { elementXml } from "../../xml/write.ts";
import type { DavRequest, Door, Look } from "../door.ts";
import { lookIn } from "../look.ts";
import { multistatus, type ResponseXml, statusResponse } from "../multistatus.ts";
import { preferHeaders } from "../prefer_headers.ts";
import type { Asked } from "../properties.ts";
import { responseWriter } from "../property_response.ts";
import type { Resource } from "../resource.ts";
import { principalResource } from "../resources_at.ts";

/** Which principals are looked for, and what is to be told of them. */
export interface Search {
  readonly condition: PrincipalCondition;
  readonly kinds: readonly PrincipalKind[];
  readonly asked: Asked;
  /** Principals in the answer at most. */
  readonly limit: number;
}

/**
 * The answer to a search for principals, by name; accounts that are switched off are not found. Where
 * there are more than the limit, the last word is 507 DAV:number-of-matches-within-limits.
 *
 * @throws {Refusal} 403 where the search lists everybody, and must not.
 */
export function principalsFound(
  search: Search,
  resource: Resource,
  { headers }: DavRequest,
  door: Door,
): Promise<Response> {
  requireSearch(search.condition, door.services.config);
  const look = lookIn(headers);
  return multistatus(responses(search, resource, door, look), { headers: preferHeaders(look) });
}

async function* responses(
  { condition, kinds, asked, limit }: Search,
  { asker, href }: Resource,
  door: Door,
  look: Look,
): AsyncGenerator<ResponseXml> {
  if (kinds.length === 0) return;
  const wanted: PrincipalCondition = {
    kind: "all",
    of: [{ kind: "enabled" }, { kind: "kinds", kinds }, condition],
  };
  const write = responseWriter(asked, door, look);
  let after: string | undefined;
  let left = limit;
  do {
    const page = await door.services.store.findPrincipals(wanted, {
      asker: asker.id,
      after,
      limit: Math.min(left, limits.pageRows),
    });
    yield page.items.map((found) => write(principalResource(found, asker, door))).join("");
    left -= page.items.length;
    after = page.more ? page.items.at(-1)?.principal.name : undefined;
  } while (after !== undefined && left > 0);
  if (after !== undefined) yield statusResponse(href, 507, tooMany);
}

const tooMany = elementXml(el(D.numberOfMatchesWithinLimits));
