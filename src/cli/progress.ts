import type { Io } from "./io.ts";

/** How far a long command is, for people. */
export interface Progress {
  /** So many are done. */
  at(done: number): void;
  /** A line that stays. */
  say(line: string): void;
  /** Leaves nothing behind on a terminal. */
  end(): void;
}

/** In a log, a line for so many. */
const logEvery = 5_000;

/** On a terminal, one line that is written over, no more often than this. */
const terminalEveryMs = 100;

/**
 * Says on standard error how many of `total` are done; `what` is their plural. `clock` counts
 * milliseconds from anywhere.
 */
export function progressOn(
  io: Io,
  total: number,
  what: string,
  clock = () => performance.now(),
): Progress {
  const text = (done: number) => `davit: ${done} of ${total} ${what}`;
  return io.terminal ? onTerminal(io, text, clock) : inLog(io, text);
}

function onTerminal(
  { err }: Io,
  text: (done: number) => string,
  clock: () => number,
): Progress {
  let last = -Infinity;
  return {
    at(done) {
      const now = clock();
      if (now - last < terminalEveryMs) return;
      last = now;
      err(clearLine + text(done));
    },
    say: (line) => err(`${clearLine}${line}\n`),
    end: () => err(clearLine),
  };
}

const clearLine = "\r\x1b[2K";

function inLog({ err }: Io, text: (done: number) => string): Progress {
  let said = 0;
  return {
    at(done) {
      if (done - said < logEvery) return;
      said = done;
      err(`${text(done)}\n`);
    },
    say: (line) => err(`${line}\n`),
    end: () => {},
  };
}
