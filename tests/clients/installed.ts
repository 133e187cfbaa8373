/** Whether a command succeeds, such as one that asks for a program; where CI runs, it has to. */
export const isInstalled = async (program: string, ...args: readonly string[]): Promise<boolean> =>
  Deno.env.get("CI") !== undefined || await succeeds(program, args);

/** Whether there is a program of this name. */
export const hasProgram = (name: string): Promise<boolean> =>
  isInstalled("sh", "-c", 'command -v "$0"', name);

async function succeeds(program: string, args: readonly string[]): Promise<boolean> {
  try {
    return (await new Deno.Command(program, { args: [...args] }).output()).success;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
