import foundation from "../../migrations/0001_foundation.sql" with { type: "text" };

/** One step of the schema. Only forward; one that has landed is never edited. */
export interface Migration {
  readonly version: number;
  /** Of its file in `migrations/`. */
  readonly name: string;
  readonly sql: string;
}

/** All steps, ascending and without a gap. */
export const migrations: readonly Migration[] = [
  { version: 1, name: "0001_foundation.sql", sql: foundation },
];
