import { type ContentLine, parameter, parametersOf } from "../content_lines.ts";
import { componentsIn, meant, part, type Passage, type TopComponent } from "../passage.ts";
import { beginningOf } from "../scanner/beginning.ts";

/** An ATTACH property whose value is in the calendar object itself. */
export interface InlineAttachment {
  /** The component that has it. */
  readonly component: TopComponent;
  /** The whole line as it was sent, with the offsets that it has in the object. */
  readonly line: ContentLine;
  /** The value as it was sent: its octets with folds and line end, or the blob that holds it. */
  readonly value: Passage;
  readonly inUri: boolean;
  /** FMTTYPE, or what the data: URI says, in lower case. */
  readonly mediaType?: string;
  /** What the client calls it. */
  readonly fileName?: string;
}

/** Those of the components themselves: what an alarm has is a sound, and stays with it. */
export function inlineIn(passage: Passage): readonly InlineAttachment[] {
  return componentsIn(passage).flatMap((component) =>
    component.lines.flatMap((line) => {
      const found = line.name === "ATTACH" ? inlineAt(passage, line) : undefined;
      return found ? [{ ...found, component }] : [];
    })
  );
}

function inlineAt(
  passage: Passage,
  raw: ContentLine,
): Omit<InlineAttachment, "component"> | undefined {
  const { start, end } = raw;
  const beginning = beginningOf(passage.octets.subarray(start, end));
  if (beginning.kind !== "value" || beginning.form === "uri") return undefined;
  const from = start + beginning.startBytes;
  const header = meant(passage, { ...raw, end: from });
  const [, said] = /^data:([^;,]+)/i.exec(header.value) ?? [];
  return {
    line: { ...header, start, end },
    value: part(passage, from, end),
    inUri: beginning.form !== "base64",
    mediaType: (parameter(header, "FMTTYPE") ?? said)?.toLowerCase(),
    fileName: fileNameOf(header),
  };
}

/** Before RFC 8607 there was no parameter for it, so that each program has its own. */
function fileNameOf(line: ContentLine): string | undefined {
  const found = parametersOf(line);
  const named = fileNameParameters.flatMap((name) => found[name] ?? []);
  return named.find((name) => name !== "");
}

const fileNameParameters = [
  "FILENAME",
  "X-FILENAME",
  "X-APPLE-FILENAME",
  "X-LABEL",
  "LABEL",
  "X-ORACLE-FILENAME",
  "X-TITLE",
];
