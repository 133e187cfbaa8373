import { readerOf } from "../http/body_reader.ts";
import type { OctetSource } from "../ical/split/source.ts";
import { CommandError } from "./errors.ts";
import { named } from "./input.ts";
import type { Io } from "./io.ts";

/** A file of any size, of which a few MB are in memory. */
export interface OctetFile extends OctetSource, AsyncDisposable {}

/**
 * Opens a file, or standard input where `path` is `-`. What can be read but once, as it and pipes, goes
 * into a temporary file first.
 */
export async function openOctets(path: string, { stdin }: Io): Promise<OctetFile> {
  if (path === "-") return await spooled(stdin, named(path));
  try {
    const file = await Deno.open(path);
    const { isFile, size } = await file.stat();
    return isFile ? inPages(file, size, path) : await spooled(file.readable, path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new CommandError(`${path}: there is no such file`);
  }
}

/** Nothing is left of the file when the process ends, however it does. */
async function spooled(stream: ReadableStream<Uint8Array>, name: string): Promise<OctetFile> {
  const path = await Deno.makeTempFile({ prefix: "davit-" });
  const file = await Deno.open(path, { read: true, write: true });
  const removed = await Deno.remove(path).then(() => true, () => false); // Windows waits for its close.
  const remove = () => removed ? Promise.resolve() : Deno.remove(path);
  try {
    const reader = readerOf(stream);
    for (let rest = await reader.read(); rest; rest = await reader.read()) {
      while (rest.length > 0) rest = rest.subarray(await file.write(rest));
    }
    const { size } = await file.stat();
    return inPages(file, size, name, remove);
  } catch (error) {
    file.close();
    await remove();
    throw error;
  }
}

/**
 * The pages that were asked for last are kept: objects of a file refer to time zones at its beginning
 * again and again.
 */
function inPages(
  file: Deno.FsFile,
  sizeBytes: number,
  name: string,
  afterClose: () => Promise<void> = () => Promise.resolve(),
): OctetFile {
  const pages = new Map<number, Uint8Array>();
  const pageAt = async (number: number): Promise<Uint8Array> => {
    let page = pages.get(number);
    if (page) {
      pages.delete(number); // It goes to the end, where the latest ones are.
    } else {
      const [oldest, memory] = pages.size < pagesMax ? [] : pages.entries().next().value ?? [];
      if (oldest !== undefined) pages.delete(oldest);
      page = memory ?? new Uint8Array(pageBytes);
      await file.seek(number * pageBytes, Deno.SeekMode.Start);
      await fill(file, page.subarray(0, sizeBytes - number * pageBytes), name);
    }
    pages.set(number, page);
    return page;
  };
  return {
    sizeBytes,
    async *read(from, to) {
      for (let at = from; at < to;) {
        const page = await pageAt(Math.floor(at / pageBytes));
        const start = at % pageBytes;
        const piece = page.subarray(start, start + to - at);
        yield piece;
        at += piece.length;
      }
    },
    async [Symbol.asyncDispose]() {
      file.close();
      await afterClose();
    },
  };
}

const pageBytes = 256 * 1024;
const pagesMax = 8;

async function fill(file: Deno.FsFile, memory: Uint8Array, name: string): Promise<void> {
  for (let length = 0; length < memory.length;) {
    const count = await file.read(memory.subarray(length));
    if (count === null) throw new CommandError(`${name} became shorter while it was read`);
    length += count;
  }
}
