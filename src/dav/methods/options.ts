import { withLocation } from "../content_location.ts";
import { type Method, methodsFor, methodsIn, methodsOn } from "../door.ts";
import { dynamicHeaders } from "../multistatus.ts";
import { open } from "../open.ts";
import { allKinds, collectionKinds, type Kind } from "../resource.ts";

/** OPTIONS (RFC 4918 §10.1). 200 and not 204, which Thunderbird took for a failure. */
export const options: Method = {
  name: "OPTIONS",
  on: [...allKinds, "attachment"],
  creates: collectionKinds,
  async handle(request, door) {
    const opened = await open(request, door);
    const rows = methodsFor(door.tables, request.target);
    const allow = opened.state === "mapped"
      ? [...methodsOn(rows, opened.resource.kind), ...puttingIn(rows, opened.resource.kind)]
      : methodsIn(rows, opened.parent);
    const response = new Response(null, {
      status: 200,
      headers: {
        ...dynamicHeaders,
        allow: allow.join(", "),
        dav: door.davHeaderFor(request.target),
        "content-length": "0",
      },
    });
    return opened.state === "mapped" ? withLocation(response, request, opened.resource) : response;
  },
};

/** PUT, where members are made by it: Evolution takes a calendar without it for read-only. */
const puttingIn = (rows: readonly Method[], kind: Kind): string[] =>
  rows.some(({ name, creates }) => name === "PUT" && creates.some((one) => one === kind))
    ? ["PUT"]
    : [];
