/** An expanded XML name in Clark notation, `{namespace}local`. */
export type PreconditionName = `{${string}}${string}`;

/** What a refusal carries besides its name; each door writes it in its own form. */
export interface RefusalDetail {
  /** Href of the resource that stands in the way, percent-encoded and path-absolute. */
  readonly href?: string;
  /** Names inside the precondition element, e.g. the privilege of DAV:need-privileges. */
  readonly names?: readonly PreconditionName[];
  /** A sentence for people; never read by programs. */
  readonly text?: string;
  /** Seconds until the same request may succeed (`Retry-After`). */
  readonly retryAfterSeconds?: number;
  /** Methods that the resource has (`Allow`), with status 405. */
  readonly allow?: readonly string[];
}

/**
 * A refusal as a value: HTTP status, the precondition's expanded name, and what the element carries.
 * It knows no XML; the DAV doors write it as DAV:error (RFC 4918 §16).
 */
export class Refusal extends Error {
  override readonly name = "Refusal";

  constructor(
    readonly status: number,
    readonly precondition?: PreconditionName,
    readonly detail: RefusalDetail = {},
  ) {
    super(detail.text ?? precondition ?? `status ${status}`);
  }
}
