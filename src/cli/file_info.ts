/** Undefined where there is nothing. */
export async function infoOf(path: string): Promise<Deno.FileInfo | undefined> {
  try {
    return await Deno.stat(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

export const exists = async (path: string): Promise<boolean> => await infoOf(path) !== undefined;
