import { limits } from "../limits.ts";
import { CommandError, UsageError } from "./errors.ts";
import type { Io } from "./io.ts";

/** What a command that takes a password says of the option. */
export const passwordOption = [
  "--password-stdin",
  "read the password from standard input",
] as const;

/** The first line of standard input, without its end; an empty one is refused. */
export async function readPassword(
  { passwordStdin }: { readonly passwordStdin?: boolean },
  { stdin }: Io,
): Promise<string> {
  if (!passwordStdin) {
    throw new UsageError("pass the password on standard input, with --password-stdin");
  }
  const [line = ""] = decoded(await firstBytes(stdin), "the password").split(/\r?\n/, 1);
  if (line === "") throw new CommandError("the password on standard input is empty");
  return line;
}

/** The bytes of a file, or of standard input where `path` is `-`. */
async function readBytes(path: string, { stdin }: Io): Promise<Uint8Array> {
  if (path === "-") return await new Response(stdin).bytes();
  try {
    return await Deno.readFile(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new CommandError(`${path}: there is no such file`);
  }
}

/** The same, as JSON. */
export async function readJson(path: string, io: Io): Promise<unknown> {
  const text = decoded(await readBytes(path, io), named(path));
  try {
    return JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new CommandError(`${named(path)}: ${error.message}`);
  }
}

/** How messages call the source. */
export const named = (path: string): string => path === "-" ? "standard input" : path;

function decoded(bytes: Uint8Array, name: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new CommandError(`${name} is not UTF-8`);
  }
}

/** All up to the end of the first line, and perhaps some bytes behind it. */
async function firstBytes(stream: ReadableStream<Uint8Array>): Promise<Uint8Array> {
  let bytes = new Uint8Array();
  for await (const part of stream) {
    bytes = Uint8Array.from([...bytes, ...part]);
    if (part.includes(newline)) break;
    if (bytes.length > firstLineBytes) throw new CommandError("the password is too long");
  }
  return bytes;
}

const newline = 0x0a;

/** A character takes at most three bytes for each UTF-16 unit that it counts as. */
const firstLineBytes = 3 * limits.passwordChars;
