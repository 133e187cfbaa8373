import { parameter, withoutParameters } from "../content_lines.ts";
import { lineOf } from "../interval.ts";
import { momentsIn, type Zones } from "../moment.ts";
import {
  componentsIn,
  type Edit,
  edited,
  joined,
  meant,
  part,
  type Passage,
  plainPassage,
  type TopComponent,
} from "../passage.ts";
import { folded } from "../text.ts";
import { type InlineAttachment, inlineIn } from "./inline.ts";

/** A calendar object with a link in place of each attachment that is in it. */
export const withLinks = (passage: Passage, urlOf: (value: Passage) => string): Passage =>
  edited(
    passage,
    inlineIn(passage).map(({ line, value, mediaType, inUri }): Edit => {
      const type = mediaType && inUri ? `;FMTTYPE=${mediaType}` : "";
      const params = withoutParameters(line, inUri ? ofData : ofBinary);
      const text = folded(`ATTACH${type}${params}:${urlOf(value)}`);
      return { from: line.start, to: line.end, by: plainPassage(text) };
    }),
  );

const ofBinary: ReadonlySet<string> = new Set(["ENCODING", "VALUE"]);
const ofData: ReadonlySet<string> = new Set(["ENCODING", "VALUE", "FMTTYPE"]);

/** How values and the links to them are known. */
export interface LinkNames {
  /** The same for the same value. */
  idOf(value: Passage): string;
  /** Of which value a URL is the link; undefined: it is another URL. */
  linked(url: string): string | undefined;
}

/**
 * What somebody wrote who had seen `stored` with links, and perhaps has dropped them: each link is the
 * attachment again, and those of a component that are neither there as such nor as links are put back.
 * A component that is new has those of the master.
 */
export function withLinkedAgain(
  sent: Passage,
  stored: Passage,
  names: LinkNames,
  zones: Zones,
): Passage {
  const idOf = ({ value }: InlineAttachment) => names.idOf(value);
  const before = keyed(stored, zones);
  const inline = inlineIn(stored);
  const lines = new Map(
    inline.map((one) => [idOf(one), part(stored, one.line.start, one.line.end)]),
  );
  const idsAt = (key: string) =>
    inline.filter(({ component }) => before.get(key)?.start === component.start).map(idOf);
  const sentInline = inlineIn(sent);
  const edits = [...keyed(sent, zones)].flatMap(([key, component]): readonly Edit[] => {
    const own = sentInline.filter((one) => one.component.start === component.start).map(idOf);
    const missing = new Set(idsAt(before.has(key) ? key : master)).difference(new Set(own));
    const restored = component.lines.filter(({ name }) => name === "ATTACH").flatMap((raw) => {
      const id = names.linked(meant(sent, raw).value) ?? "";
      const by = lines.get(id);
      missing.delete(id);
      return by ? [{ from: raw.start, to: raw.end, by }] : [];
    });
    const end = component.lines.at(-1)?.end ?? component.end;
    const by = joined([...missing].flatMap((id) => lines.get(id) ?? []));
    return [...restored, ...(by.octets.length > 0 ? [{ from: end, to: end, by }] : [])];
  });
  return edited(sent, edits);
}

const master = "";

/** The components by what those of two versions are the same by: programs write times anew. */
function keyed(passage: Passage, zones: Zones): ReadonlyMap<string, TopComponent> {
  const components = componentsIn(passage);
  const calendar = { name: "VCALENDAR", number: 1, lines: [], components };
  const read = momentsIn(calendar, zones);
  const found = new Map<string, TopComponent>();
  for (const component of components) {
    if (component.name === "VTIMEZONE" || component.name.startsWith("X-")) continue;
    const id = lineOf(component, "RECURRENCE-ID");
    let key = id ? `${read(id)?.at ?? id.value} ${parameter(id, "RANGE") ?? ""}` : master;
    while (found.has(key)) key += " again";
    found.set(key, component);
  }
  return found;
}
