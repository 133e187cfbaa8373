/** What a mounted file system is like, at a path. */
export interface FileSystem {
  /** Nothing on it can be run, nor loaded as a library. */
  readonly noexec: boolean;
  /** For people who are not root. */
  readonly freeBytes: number;
}

/** Undefined where there is no way to ask: elsewhere than on 64-bit Linux with glibc. */
export function fileSystemAt(path: string): FileSystem | undefined {
  if (Deno.build.os !== "linux") return undefined;
  let libc: ReturnType<typeof openLibc>;
  try {
    libc = openLibc();
  } catch {
    return undefined;
  }
  try {
    const info = new BigUint64Array(statvfsWords);
    if (libc.symbols.statvfs(new TextEncoder().encode(`${path}\0`), info) !== 0) return undefined;
    const word = (place: number) => info[place] ?? 0n;
    return {
      noexec: (word(places.flags) & noexecFlag) !== 0n,
      freeBytes: Number(word(places.fragmentBytes) * word(places.availableFragments)),
    };
  } finally {
    libc.close();
  }
}

const openLibc = () =>
  Deno.dlopen("libc.so.6", {
    statvfs: { parameters: ["buffer", "buffer"], result: "i32" },
  });

/** `struct statvfs` in words of 64 bits, as on all 64-bit machines. */
const places = { fragmentBytes: 1, availableFragments: 4, flags: 9 } as const;
const statvfsWords = 16;
const noexecFlag = 8n;
