import type { RequestBody } from "../http/body.ts";
import { Scanner, type ValuePart } from "../ical/scanner/scanner.ts";
import { limits } from "../limits.ts";
import type { Body, NewBlob } from "../model.ts";
import { createBreaks } from "../steps.ts";
import type { Upload, Uploads } from "./uploads.ts";

/** What of a content goes into the row, and the blobs beside it. */
export interface KeptContent {
  readonly body: Body;
  readonly blobs: readonly NewBlob[];
  readonly sizeBytes: number;
}

/** Pieces of any size, each of them valid until the next one is asked for. */
export type Octets = Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

/** All of it in the row. */
export const inRow = (body: Uint8Array): KeptContent => ({
  body,
  blobs: [],
  sizeBytes: body.length,
});

/** Is told how many bytes there are before more of them are kept, and may throw. */
export type CheckSize = (sizeBytes: number) => void;

/** Keeps a file as it comes, whatever its size: in the row where it is small, else in a blob. */
export async function keepFile(
  request: RequestBody,
  uploads: Uploads,
  check: CheckSize,
): Promise<KeptContent> {
  const small = await request.within(limits.inlineBytes);
  if (small) return inRow(small);
  let sizeBytes = 0;
  for await (const octets of request.stream()) {
    sizeBytes += octets.length;
    check(sizeBytes);
    await uploads.put(octets);
  }
  const blob = { offsetBytes: 0, ...uploads.end() };
  await uploads.finish();
  return { body: "", blobs: [blob], sizeBytes };
}

/** Keeps a calendar object as it comes: the skeleton for the row, each large value in a blob. */
export async function keepObject(
  stream: Octets,
  uploads: Uploads,
  check: CheckSize = () => {},
): Promise<KeptContent> {
  const scanner = new Scanner();
  const values: Upload[] = [];
  const keep = async (parts: readonly ValuePart[]) => {
    for (const part of parts) {
      if (part === "end") values.push(uploads.end());
      else await uploads.put(part);
    }
  };
  // What has come already is read without a turn of anybody else in between.
  const breaks = createBreaks({ clockPieces: 1, breakPieces: 64 });
  let sizeBytes = 0;
  for await (const octets of stream) {
    sizeBytes += octets.length;
    check(sizeBytes);
    await keep(scanner.feed(octets));
    const pause = breaks();
    if (pause) await pause;
  }
  const { parts, skeleton } = scanner.end();
  await keep(parts);
  await uploads.finish();
  const blobs = values.map((value, index) => ({
    offsetBytes: skeleton.offsets[index] ?? 0,
    ...value,
  }));
  return { body: skeleton.bytes, blobs, sizeBytes };
}
