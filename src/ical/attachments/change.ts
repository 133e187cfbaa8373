import {
  componentsIn,
  type Edit,
  edited,
  joined,
  meant,
  type Passage,
  plainPassage,
  type TopComponent,
} from "../passage.ts";
import type { Zones } from "../moment.ts";
import { utcText } from "../values.ts";
import { attachLine, type ManagedAttachment, managedId } from "./line.ts";
import { newOverride } from "./override.ts";
import { targetsIn } from "./targets.ts";

/** What a client asks of an attachment (RFC 8607 §3.3). */
export type AttachmentChange =
  | { readonly kind: "add"; readonly attachment: ManagedAttachment }
  | { readonly kind: "update"; readonly id: string; readonly attachment: ManagedAttachment }
  | { readonly kind: "remove"; readonly id: string };

/** Where and when. */
export interface ChangePlace {
  /** RECURRENCE-ID values and `M` for the master; undefined: all components. */
  readonly rids: readonly string[] | undefined;
  readonly zones: Zones;
  /** UTC epoch milliseconds, for DTSTAMP and LAST-MODIFIED of what is changed. */
  readonly at: number;
}

/** Why there is nothing to change. */
export type NoChange = "no such instance" | "no such attachment";

/**
 * A calendar object with the change made; instances that are named get overrides where they have none.
 * SEQUENCE stays: an attachment moves no meeting (RFC 5546 §2.1.4). All other lines keep their octets.
 */
export function withChange(
  passage: Passage,
  change: AttachmentChange,
  { rids, zones, at }: ChangePlace,
): Passage | NoChange {
  const components = componentsIn(passage);
  const targets = targetsIn(components, rids, zones);
  if (targets === undefined) return "no such instance";
  const editsIn = (component: TopComponent) => editsOf(passage, component, change, utcText(at));
  const edits = targets.components.map(editsIn);
  const made = targets.instances.map((target) => ({ target, edits: editsIn(target.component) }));
  if (![...edits, ...made.map((one) => one.edits)].some(({ length }) => length > 0)) {
    return "no such attachment";
  }
  const overrides = made.filter((one) => one.edits.length > 0)
    .map((one) => newOverride(passage, one.target, one.edits));
  const end = Math.max(...components.map((component) => component.end));
  return edited(passage, [...edits.flat(), { from: end, to: end, by: joined(overrides) }]);
}

/** None where the component does not have the attachment. */
function editsOf(
  passage: Passage,
  component: TopComponent,
  change: AttachmentChange,
  now: string,
): readonly Edit[] {
  const edits = change.kind === "add" ? [addition(component, change.attachment)] : component.lines
    .filter((line) => line.name === "ATTACH" && managedId(meant(passage, line)) === change.id)
    .map(({ start, end }): Edit => ({
      from: start,
      to: end,
      by: plainPassage(change.kind === "update" ? attachLine(change.attachment) : ""),
    }));
  const stamps = component.lines
    .filter(({ name }) => name === "DTSTAMP" || name === "LAST-MODIFIED")
    .map(({ name, start, end }): Edit => ({
      from: start,
      to: end,
      by: plainPassage(`${name}:${now}\r\n`),
    }));
  return edits.length === 0 ? [] : [...edits, ...stamps];
}

/** Behind the last property: components without any are refused. */
function addition({ lines, start }: TopComponent, attachment: ManagedAttachment): Edit {
  const end = lines.at(-1)?.end ?? start;
  return { from: end, to: end, by: plainPassage(attachLine(attachment)) };
}
