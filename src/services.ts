import type { Config } from "./config.ts";
import type { Store } from "./store/store.ts";

/** One line of the log: an event, and fields that hold neither credentials nor bodies. */
export type Log = (
  level: "debug" | "info" | "warn" | "error",
  event: string,
  fields?: Readonly<Record<string, unknown>>,
) => void;

/** What the app is given; everything that differs between a host, the edge and a test. */
export interface Services {
  readonly store: Store;
  readonly config: Config;
  readonly log: Log;
  /** UTC epoch milliseconds. */
  readonly clock: () => number;
  readonly random: Random;
  /** Without it nothing is counted. */
  readonly meter?: Meter;
}

/** Counts what the server does. */
export interface Meter {
  /** A request has come; call the result with the status of its answer. */
  begin(method: string): (status: number) => void;
  /** All that was counted, in the form that Prometheus reads. */
  exposition(): Promise<{ readonly type: string; readonly text: string }>;
}

export interface Random {
  /** An id for a principal or collection, in 1 … 2^52; never given twice in practice. */
  id(): number;
  /** An entity tag with its quotes. */
  etag(): string;
  /** A secret of at least 120 bits in characters that are easy to read and type. */
  secret(): string;
}

/** Random values from the platform's cryptographic source. */
export const random: Random = {
  id: () => {
    const [high = 0, low = 0] = crypto.getRandomValues(new Uint32Array(2));
    return (high & 0xfffff) * 0x1_0000_0000 + low || 1;
  },
  etag: () => `"${hex(8)}"`,
  secret: () => {
    const letters = Array.from(
      crypto.getRandomValues(new Uint8Array(24)),
      (byte) => secretAlphabet[byte & 31],
    ).join("");
    return letters.replace(/.{6}(?=.)/g, "$&-");
  },
};

/** 32 characters without 0, 1, l and o, so that each carries five bits. */
const secretAlphabet = "23456789abcdefghijkmnpqrstuvwxyz";

function hex(bytes: number): string {
  let text = "";
  for (const byte of crypto.getRandomValues(new Uint8Array(bytes))) {
    text += byte.toString(16).padStart(2, "0");
  }
  return text;
}
