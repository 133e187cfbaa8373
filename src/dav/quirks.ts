/** What is done differently for a client that would not work otherwise. */
export interface Quirks {
  /** Its queries say `Depth: 0` and mean the members of the collection. */
  readonly depthZeroIsOne: boolean;
  /** Its searches for principals say `Depth: 1`, for which they are not defined (RFC 3744 §9.4). */
  readonly depthOneIsZero: boolean;
}

/** By what is in the User-Agent. Each row has its test. */
const table: readonly (readonly [agent: RegExp, quirks: Partial<Quirks>])[] = [
  [/^MSFT-/, { depthZeroIsOne: true }], // Windows Calendar: WC-4
  [/^Evolution\//, { depthZeroIsOne: true }], // EV-6
  [/^KDE DAV groupware client/, { depthOneIsZero: true }], // KD-12
  [/ Thunderbird\//, { depthOneIsZero: true }],
];

const none: Quirks = { depthZeroIsOne: false, depthOneIsZero: false };

export function quirksOf(headers: Headers): Quirks {
  const agent = headers.get("user-agent") ?? "";
  return { ...none, ...table.find(([form]) => form.test(agent))?.[1] };
}
