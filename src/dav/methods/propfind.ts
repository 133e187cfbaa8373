import { readDepth } from "../../http/depth.ts";
import { limits } from "../../limits.ts";
import { Refusal } from "../../refusal.ts";
import { D } from "../../xml/names.ts";
import { childNamed, type XmlElement } from "../../xml/tree.ts";
import { readXmlRoot } from "../body.ts";
import { withLocation } from "../content_location.ts";
import type { Door, Method } from "../door.ts";
import { lookIn } from "../look.ts";
import { type Mapped, open } from "../open.ts";
import { inTexts, multistatus, type ResponseXml } from "../multistatus.ts";
import { membersOf, subtreeOf } from "../members.ts";
import { allprop, type Asked, askedElements, askedProp, wantsQuota } from "../properties.ts";
import { responseWriter } from "../property_response.ts";
import { preferHeaders } from "../prefer_headers.ts";
import { allKinds, isCollection, isObject, type Resource } from "../resource.ts";
import type { Target } from "../target.ts";

/** PROPFIND (RFC 4918 §9.1). */
export const propfind: Method = {
  name: "PROPFIND",
  on: allKinds,
  creates: [],
  async handle(request, door) {
    const depth = readDepth(request.headers, "infinity");
    const asked = askedIn(await readXmlRoot(request, D.propfind));
    const isListed = depth === 1 && isHome(request.target);
    const opened = await open(request, door, {
      properties: true,
      used: wantsQuota(asked),
      children: isListed,
    }) as Mapped;
    const { resource } = opened;
    const children = isListed ? opened.snapshot.children : undefined;
    const below = depth === "infinity" ? [await allBelow(resource, door)] : undefined;
    const look = lookIn(request.headers);
    const write = responseWriter(asked, door, look);
    const texts = inTexts(write);
    const responses = async function* (): AsyncGenerator<ResponseXml> {
      if (!(look.depthNoroot && depth !== 0)) yield write(resource);
      if (depth === 0) return;
      for await (const page of below ?? membersOf(request, door, { resource, children }, asked)) {
        yield* texts(page);
      }
    };
    const response = await multistatus(responses(), { headers: preferHeaders(look) });
    return withLocation(response, request, resource);
  },
};

/** Its collections can be loaded with it. */
const isHome = (target: Target): boolean =>
  target.kind === "tree" && target.place.segments.length === 0;

/** @throws {Refusal} 403 DAV:propfind-finite-depth: there is more than one answer should tell. */
async function allBelow(resource: Resource, door: Door): Promise<Resource[]> {
  if (isObject(resource) || resource.kind === "principal") return [];
  if (!isCollection(resource)) throw new Refusal(403, D.propfindFiniteDepth);
  const { collection, asker } = resource;
  const { store } = door.services;
  const below = await store.subtree(collection.id, asker.id, limits.infinityMembers);
  if (!below) throw new Refusal(403, D.propfindFiniteDepth);
  return subtreeOf(resource, below);
}

/** DAV:propfind; no body asks for all (RFC 4918 §9.1). @throws {Refusal} 400 */
function askedIn(body: XmlElement | undefined): Asked {
  if (!body) return allprop;
  const prop = childNamed(body, D.prop);
  const include = childNamed(body, D.include);
  const choices = [prop, childNamed(body, D.allprop), childNamed(body, D.propname)]
    .filter((choice) => choice !== undefined);
  if (choices.length !== 1) throw new Refusal(400, undefined, { text: "ask for one of three" });
  if (prop) return askedProp(prop);
  if (childNamed(body, D.propname)) return { kind: "propname" };
  return { kind: "allprop", include: askedElements(include) };
}
