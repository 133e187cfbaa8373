/** What is done differently for a client that would not work otherwise. */
export interface Quirks {
  /** Its queries say `Depth: 0` and mean the members of the collection. */
  readonly depthZeroIsOne: boolean;
  /** Its searches for principals say `Depth: 1`, for which they are not defined (RFC 3744 §9.4). */
  readonly depthOneIsZero: boolean;
  /** It does not take large events: it is told links in place of the attachments in them. */
  readonly linksAttachments: boolean;
}

/** By what is in the User-Agent. Each row has its test. */
const table: readonly (readonly [agent: RegExp, quirks: Partial<Quirks>])[] = [
  [/^MSFT-/, { depthZeroIsOne: true }], // Windows Calendar: WC-4
  [/^Evolution\//, { depthZeroIsOne: true }], // EV-6
  [/^KDE DAV groupware client/, { depthOneIsZero: true }], // KD-12
  [/ Thunderbird\//, { depthOneIsZero: true }],
  [/\bDAV(?:x5|droid)\//, { linksAttachments: true }], // a row of Android's database holds 2 MB
];

const none: Quirks = { depthZeroIsOne: false, depthOneIsZero: false, linksAttachments: false };

export function quirksOf(headers: Headers): Quirks {
  const agent = headers.get("user-agent") ?? "";
  return { ...none, ...table.find(([form]) => form.test(agent))?.[1] };
}
