/**
 * Material that stands beside the repository, in `../shared`: assertions about clients, conformance
 * suites, tools. A clone without it passes its tests; those that need it are left out.
 */
export const sharedFolder = new URL("../../shared/", import.meta.url);

/** A file or folder there, or undefined where it is not. */
export function shared(path: string): URL | undefined {
  const url = new URL(path, sharedFolder);
  try {
    Deno.statSync(url);
    return url;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
