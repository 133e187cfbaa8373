import { Refusal } from "../../refusal.ts";
import { D } from "../../xml/names.ts";
import { readXmlBody } from "../body.ts";
import type { Method } from "../door.ts";
import { type Mapped, open } from "../open.ts";
import { allKinds } from "../resource.ts";

/** REPORT (RFC 3253 §3.6): the table of reports says which, on what. */
export const report: Method = {
  name: "REPORT",
  on: allKinds,
  creates: [],
  async handle(request, door) {
    const body = await readXmlBody(request);
    if (!body) throw new Refusal(400, undefined, { text: "a report needs a body" });
    const row = door.tables.reports.find(({ name }) => name === body.name);
    const opened = await open(request, door, {
      properties: true,
      privilege: row?.needs,
      ...row?.wants,
    });
    const { resource } = opened as Mapped;
    if (!row?.on.includes(resource.kind)) throw new Refusal(403, D.supportedReport);
    return row.run(body, resource, request, door, opened as Mapped);
  },
};
