import { digestOf } from "./digest.ts";
import type { OctetSource, Range } from "./source.ts";

/** What tells versions of one component apart, and which of them is newer. */
export interface Version {
  /** Of all its content. */
  readonly digest: string;
  readonly sequence: number;
  /** Values of DTSTAMP and LAST-MODIFIED, which are UTC; empty: there is none. */
  readonly stamped: string;
  readonly modified: string;
}

export async function versionOf(source: OctetSource, component: Range): Promise<Version> {
  const values = new Map<string, string>();
  let depth = 0;
  const digest = await digestOf(source, component, ({ name, value }) => {
    if (name === "BEGIN") depth++;
    else if (name === "END") depth--;
    else if (depth === 1 && telling.has(name) && !values.has(name)) values.set(name, value.trim());
    return true;
  });
  return {
    digest,
    sequence: Number.parseInt(values.get("SEQUENCE") ?? "0", 10) || 0,
    stamped: values.get("DTSTAMP") ?? "",
    modified: values.get("LAST-MODIFIED") ?? "",
  };
}

/** Whether `one` is newer; of two that say the same of it, neither is (RFC 5546 §2.1.5). */
export function isNewer(one: Version, than: Version): boolean {
  if (one.sequence !== than.sequence) return one.sequence > than.sequence;
  if (one.stamped !== than.stamped) return one.stamped > than.stamped;
  return one.modified > than.modified;
}

const telling: ReadonlySet<string> = new Set(["SEQUENCE", "DTSTAMP", "LAST-MODIFIED"]);
