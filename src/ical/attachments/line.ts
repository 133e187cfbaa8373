import { type ContentLine, parametersOf, withoutParameters } from "../content_lines.ts";
import { folded } from "../text.ts";

/** What an ATTACH property says of a managed attachment (RFC 8607 §4). */
export interface ManagedAttachment {
  /** MANAGED-ID. */
  readonly id: string;
  /** FILENAME. */
  readonly fileName: string;
  /** FMTTYPE. */
  readonly mediaType: string;
  /** SIZE. */
  readonly sizeBytes: number;
  /** Absolute: clients show the host. */
  readonly url: string;
}

/** The content line; `others`: parameters besides, as they were written. */
export const attachLine = (
  { id, fileName, mediaType, sizeBytes, url }: ManagedAttachment,
  others = "",
): string =>
  folded(
    `ATTACH;MANAGED-ID=${id};FMTTYPE=${mediaType};FILENAME=${parameterText(fileName)}` +
      `;SIZE=${sizeBytes}${others}:${url}`,
  );

/** The line of a client for an attachment, with what the server owns put right. */
export const ownedLine = (line: ContentLine, attachment: ManagedAttachment): string =>
  attachLine(attachment, withoutParameters(line, owned));

/** The line without MANAGED-ID: a link like any other. */
export const unmanagedLine = (line: ContentLine): string =>
  folded(`ATTACH${withoutParameters(line, new Set(["MANAGED-ID"]))}:${line.value}`);

/** Whether a line says all that the server says of the attachment, and the same. */
export function saysTheSame(line: ContentLine, attachment: ManagedAttachment): boolean {
  const { id, fileName, mediaType, sizeBytes, url } = attachment;
  const found = parametersOf(line);
  return found["MANAGED-ID"] === id && found.FILENAME === fileName &&
    found.FMTTYPE === mediaType && found.SIZE === String(sizeBytes) && line.value === url;
}

/** MANAGED-ID of a line; undefined where it has none. */
export function managedId(line: ContentLine): string | undefined {
  const id = parametersOf(line)["MANAGED-ID"];
  return Array.isArray(id) ? id.join() : id;
}

const owned: ReadonlySet<string> = new Set([
  "ENCODING",
  "FILENAME",
  "FMTTYPE",
  "MANAGED-ID",
  "SIZE",
  "VALUE",
]);

/** RFC 6868 §3.2; quotes, where a value may not stand alone (RFC 5545 §3.2). */
function parameterText(text: string): string {
  const escaped = text.replaceAll("^", "^^").replaceAll('"', "^'");
  return /[,;:]/.test(escaped) ? `"${escaped}"` : escaped;
}
