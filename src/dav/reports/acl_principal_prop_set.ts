import { requirePrivilege } from "../../access/privileges.ts";
import { Refusal } from "../../refusal.ts";
import { D } from "../../xml/names.ts";
import { childNamed } from "../../xml/tree.ts";
import type { Report } from "../door.ts";
import { lookIn } from "../look.ts";
import { multistatus } from "../multistatus.ts";
import { preferHeaders } from "../prefer_headers.ts";
import { responseWriter } from "../property_response.ts";
import { principalHrefOf } from "../property_rows.ts";
import { askedOnce, requireDepthZero } from "../report_parts.ts";
import { collectionKinds, objectKinds, type Resource } from "../resource.ts";
import { resourcesAt } from "../resources_at.ts";
import { targetOf } from "../target.ts";

/** Properties of the principals that DAV:acl names (RFC 3744 §9.2): of the owner alone, that is. */
export const aclPrincipalPropSet: Report = {
  name: D.aclPrincipalPropSet,
  on: ["principal", ...collectionKinds, ...objectKinds],
  async run(body, resource, request, door) {
    requireDepthZero(request.headers);
    if (!childNamed(body, D.prop)) throw new Refusal(400, undefined, { text: "there is no prop" });
    const asked = askedOnce(body);
    requirePrivilege(resource.privileges, D.readAcl, resource.href);
    const target = targetOf(ownerHref(resource));
    const found = await resourcesAt(target ? [target] : [], resource.asker, door, asked);
    const look = lookIn(request.headers);
    const write = responseWriter(asked, door, look);
    const responses = found.flatMap(({ placed }) =>
      placed.state === "mapped" ? [write(placed.resource)] : []
    );
    return multistatus(responses, { headers: preferHeaders(look) });
  },
};

const ownerHref = (resource: Resource): string =>
  "owner" in resource ? principalHrefOf(resource.owner) : resource.href;
