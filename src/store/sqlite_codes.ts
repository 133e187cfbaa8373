// What an error of the database says, by SQLite's result codes: of a file, or of a libSQL server.

/**
 * Another process is at it; a connection to a file is of no use after this (libsql-js#237). A server
 * says so while it puts its file in order behind a crash.
 */
export const isBusy = (error: unknown): boolean => /^SQLITE_(BUSY|LOCKED)/.test(codeOf(error));

/** The data forbids it. */
export const isConstraint = (error: unknown): boolean =>
  codeOf(error).startsWith("SQLITE_CONSTRAINT");

/** The file is no database, or not any more. */
export const isDamaged = (error: unknown): boolean =>
  /^SQLITE_(CORRUPT|NOTADB)/.test(codeOf(error));

const codeOf = (error: unknown): string =>
  error instanceof Error && "code" in error ? String(error.code) : "";
