import { CommanderError } from "commander";
import { ConfigError } from "../config.ts";

/** How the program ends. That whoever read the output has gone is 128 + SIGPIPE, as in a shell. */
export const exitCodes = { ok: 0, refused: 1, usage: 2, outputClosed: 141 } as const;

/** The command line itself is wrong. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** What a command says of itself when it refuses, in one line. */
export class CommandError extends Error {
  override readonly name = "CommandError";
}

/** Whoever read the output, such as `head`, has enough. */
export class OutputClosed extends Error {
  override readonly name = "OutputClosed";
}

/** The exit code for what a command threw, and the line to say: none where it has been said. */
export function outcomeOf(error: unknown): { readonly code: number; readonly line?: string } {
  if (error instanceof CommanderError) {
    return { code: error.exitCode === 0 ? exitCodes.ok : exitCodes.usage };
  }
  if (error instanceof OutputClosed) return { code: exitCodes.outputClosed };
  return { code: isUsage(error) ? exitCodes.usage : exitCodes.refused, line: lineOf(error) };
}

const isUsage = (error: unknown): boolean =>
  error instanceof UsageError || error instanceof ConfigError && error.source === "flag";

/** What went wrong, in the words of whoever noticed. */
export const reasonOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);

/** One line, whatever the message. */
export function lineOf(error: unknown): string {
  return `davit: ${reasonOf(error).trim().replace(/\s*\n\s*/g, " ")}\n`;
}
