import { Refusal } from "../../refusal.ts";
import { D, type XmlName } from "../../xml/names.ts";
import { XmlTooDeep, XmlTooLong } from "../../xml/read.ts";
import { readXmlBody } from "../body.ts";
import { withLocation } from "../content_location.ts";
import type { Door, Method, Report } from "../door.ts";
import { type Mapped, open } from "../open.ts";
import { allKinds } from "../resource.ts";

/** REPORT (RFC 3253 §3.6): the table of reports says which, on what. */
export const report: Method = {
  name: "REPORT",
  on: allKinds,
  creates: [],
  async handle(request, door) {
    const body = await readXmlBody(request).catch((error) => {
      throw refusalIn(error, door) ?? error;
    });
    if (!body) throw new Refusal(400, undefined, { text: "a report needs a body" });
    const row = rowOf(body.name, door);
    const opened = await open(request, door, {
      properties: true,
      privilege: row?.needs,
      ...row?.wants,
    });
    const { resource } = opened as Mapped;
    if (!row?.on.includes(resource.kind)) throw new Refusal(403, D.supportedReport);
    const response = await row.run(body, resource, request, door, opened as Mapped);
    return withLocation(response, request, resource);
  },
};

/** What the report itself says of a body that can't be read. */
function refusalIn(error: unknown, door: Door): Refusal | undefined {
  if (error instanceof XmlTooLong) return rowOf(error.root, door)?.tooLong?.();
  if (!(error instanceof XmlTooDeep) || !error.read) return undefined;
  return rowOf(error.read.name, door)?.tooDeep?.(error.read);
}

const rowOf = (root: XmlName | undefined, { tables }: Door): Report | undefined =>
  tables.reports.find(({ name }) => name === root);
