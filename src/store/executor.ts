import { Refusal } from "../refusal.ts";

/** What a statement takes. Whole numbers are bound as INTEGER, in every form of the database. */
export type Argument = string | number | boolean | Uint8Array | null;

export interface Statement {
  readonly sql: string;
  readonly args: readonly Argument[];
  /** It gives one row at most, and need not be asked for more. */
  readonly single?: boolean;
}

export type Cell = string | number | Uint8Array | null;

/** The cells of a row, in the order in which the statement names its columns. */
export type Row = ArrayLike<Cell>;

/** The one thing that differs between a local file and a server: how statements get there. */
export interface Executor {
  /**
   * All statements see one moment, except of what is `bulk`: that gives many bytes, of which nobody
   * changes any. One round trip.
   */
  read(
    statements: readonly Statement[],
    how?: { readonly bulk: boolean },
  ): Promise<readonly (readonly Row[])[]>;
  /**
   * All or none. One round trip. Throws {@linkcode StatementError}. What is `bulk` takes its time: other
   * writes go before it, and nobody waits for the disk with it.
   */
  write(statements: readonly Statement[], how?: { readonly bulk: boolean }): Promise<void>;
  /** Several statements as SQL text, with their own BEGIN and COMMIT. */
  script(sql: string): Promise<void>;
  close(): void;
}

/** A statement of a batch failed, and nothing of the batch was written. */
export class StatementError extends Error {
  override readonly name = "StatementError";

  constructor(
    /** Position in the batch. */
    readonly index: number,
    /** Whether the data forbade it (a constraint), not the machine. */
    readonly constraint: boolean,
    cause: unknown,
  ) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

/**
 * The database does not answer, or others hold it for too long: nothing was done, and the same may
 * work in a while.
 */
export const databaseAway = (cause: unknown): Refusal => {
  const text = "the database does not answer";
  const refusal = new Refusal(503, undefined, { text, retryAfterSeconds: 10 });
  refusal.cause = cause;
  return refusal;
};

export const statement = (sql: string, ...args: readonly Argument[]): Statement => ({ sql, args });

/** A query that gives one row at most: on a file, a third of what another costs. */
export const single = (sql: string, ...args: readonly Argument[]): Statement => ({
  sql,
  args,
  single: true,
});

/** As the database takes it: a number with a fraction stays REAL, all others become INTEGER. */
export function bound(argument: Argument): string | number | bigint | Uint8Array | null {
  if (typeof argument === "number") {
    return Number.isInteger(argument) ? BigInt(argument) : argument;
  }
  return typeof argument === "boolean" ? BigInt(argument) : argument;
}
