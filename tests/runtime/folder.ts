/** A folder for one test; disposing of it removes it with all that is in it. */
export interface Folder extends AsyncDisposable {
  readonly path: string;
}

/** An empty folder. */
export async function temporaryFolder(): Promise<Folder> {
  const path = await Deno.makeTempDir({ prefix: "davit-test-" });
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}

/** A folder that is another's, and stays. */
export const lentFolder = (path: string): Folder => ({
  path,
  [Symbol.asyncDispose]: () => Promise.resolve(),
});

/** To be disposed of one after the other, such as a program before its folder. */
export const disposing = (...all: readonly AsyncDisposable[]): AsyncDisposable => ({
  async [Symbol.asyncDispose]() {
    for (const one of all) await one[Symbol.asyncDispose]();
  },
});
