import { D, xmlLang } from "../../xml/names.ts";
import { el } from "../../xml/tree.ts";
import { documentXml } from "../../xml/write.ts";
import type { Report } from "../door.ts";
import { xmlHeaders } from "../multistatus.ts";
import { requireDepthZero } from "../report_parts.ts";

/** The properties by which principals can be searched (RFC 3744 §9.5): 200, and no multistatus. */
export const principalSearchPropertySet: Report = {
  name: D.principalSearchPropertySet,
  on: ["root", "principals"],
  run(_, __, { headers }, door) {
    requireDepthZero(headers);
    const properties = [...door.propertiesOn("principal").values()].flatMap(({ name, search }) =>
      search
        ? [el(D.principalSearchProperty, [
          el(D.prop, [el(name)]),
          el(D.description, [search.description], { [xmlLang]: "en" }),
        ])]
        : []
    );
    const body = documentXml(el(D.principalSearchPropertySet, properties));
    return Promise.resolve(new Response(body, { headers: xmlHeaders }));
  },
};
