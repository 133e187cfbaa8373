import type { LogLevel } from "./config.ts";
import type { Log } from "./services.ts";

/**
 * The log as JSON objects, one a line; what is less grave than `least` is left out. `write` gets a
 * line without its end.
 */
export const jsonLog =
  (least: LogLevel, write: (line: string, level: LogLevel) => void): Log =>
  (level, event, fields) => {
    if (gravity[level] < gravity[least]) return;
    const line = { time: new Date().toISOString(), level, event, ...fields };
    const isFlat = !Object.values(line).some((value) => typeof value === "object");
    write(JSON.stringify(line, isFlat ? undefined : plain), level); // A replacer is asked for each.
  };

const gravity = { debug: 0, info: 1, warn: 2, error: 3 } as const satisfies Record<
  LogLevel,
  number
>;

/** An error has no enumerable properties, so JSON would write `{}`. */
const plain = (_key: string, value: unknown): unknown =>
  value instanceof Error ? value.stack ?? value.message : value;
