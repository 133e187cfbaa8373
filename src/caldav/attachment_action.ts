import { refuse } from "../calendar/refuse.ts";
import { timeForm } from "../ical/values.ts";

/** What the query of a POST asks (RFC 8607 §3.3). */
export type AttachmentAction =
  | { readonly kind: "add"; readonly rids: readonly string[] | undefined }
  | { readonly kind: "update"; readonly id: string; readonly rids: undefined }
  | {
    readonly kind: "remove";
    readonly id: string;
    /** RECURRENCE-ID values, and `M` for the master; undefined: all. */
    readonly rids: readonly string[] | undefined;
  };

/**
 * Undefined: the query says no action.
 *
 * @throws {Refusal} 403 CALDAV:valid-action-parameter, CALDAV:valid-rid-parameter or
 *   CALDAV:valid-managed-id-parameter.
 */
export function readAttachmentAction(url: string): AttachmentAction | undefined {
  const query = new URLSearchParams(/[?]([^]*)$/.exec(url)?.[1] ?? "");
  const [action, ...more] = query.getAll("action");
  if (action === undefined) return undefined;
  if (more.length > 0) throw refuse.validActionParameter();
  const rids = readRids(query.getAll("rid"));
  const ids = query.getAll("managed-id");
  const [id = ""] = ids;
  switch (action) {
    case "attachment-add":
      if (ids.length > 0) throw refuse.validManagedIdParameter();
      return { kind: "add", rids };
    case "attachment-update":
      if (ids.length !== 1 || id === "") throw refuse.validManagedIdParameter();
      if (rids !== undefined) throw refuse.validRidParameter();
      return { kind: "update", id, rids };
    case "attachment-remove":
      if (ids.length !== 1 || id === "") throw refuse.validManagedIdParameter();
      return { kind: "remove", id, rids };
    default:
      throw refuse.validActionParameter();
  }
}

function readRids([rid, ...more]: readonly string[]): readonly string[] | undefined {
  if (rid === undefined) return undefined;
  const rids = rid.split(",");
  const isOne = (one: string) => one === "M" || timeForm(one) !== undefined;
  if (more.length > 0 || !rids.every(isOne)) throw refuse.validRidParameter();
  return rids;
}
