/** What is done differently for a client that would not work otherwise. */
export interface Quirks {
  /** Its queries say `Depth: 0` and mean the members of the collection. */
  readonly depthZeroIsOne: boolean;
}

/** By how the User-Agent begins. Each row has its test. */
const table: Readonly<Record<string, Quirks>> = {
  "MSFT-": { depthZeroIsOne: true }, // Windows Calendar: WC-4
  "Evolution/": { depthZeroIsOne: true }, // EV-6
};

const none: Quirks = { depthZeroIsOne: false };

export function quirksOf(headers: Headers): Quirks {
  const agent = headers.get("user-agent") ?? "";
  return Object.entries(table).find(([begin]) => agent.startsWith(begin))?.[1] ?? none;
}
