import { checkConditions, readConditions } from "../http/conditions.ts";
import { httpDate } from "../http/date.ts";
import { readRange } from "../http/range.ts";
import type { StoredObject } from "../model.ts";
import type { Store } from "../store/store.ts";
import { bodyStream } from "./body_stream.ts";
import { dynamicHeaders } from "./multistatus.ts";

/** Bytes that are told as they are. */
export interface Representation {
  readonly etag: string;
  /** UTC epoch milliseconds. */
  readonly lastModified: number;
  readonly contentType: string;
  readonly sizeBytes: number;
  /** Those that it has besides. */
  readonly headers: Readonly<Record<string, string>>;
}

/** The bytes, or those of a range of them, where there is `content`; else the headers alone. */
export function bytesAnswer(
  asked: Headers,
  { etag, lastModified, contentType, sizeBytes, headers: besides }: Representation,
  content: Pick<StoredObject, "body" | "blobs"> | undefined,
  store: Store,
): Response {
  const headers: Record<string, string> = {
    ...dynamicHeaders,
    ...besides,
    etag,
    "last-modified": httpDate(lastModified),
  };
  const outcome = checkConditions(readConditions(asked), { etag, lastModified }, { safe: true });
  if (outcome === "not-modified") return new Response(null, { status: 304, headers });
  headers["accept-ranges"] = "bytes";
  const range = readRange(asked, { etag, sizeBytes });
  if (range === "unsatisfiable") {
    headers["content-range"] = `bytes */${sizeBytes}`;
    return new Response(null, { status: 416, headers });
  }
  const { from, to } = range ?? { from: 0, to: sizeBytes };
  headers["content-type"] = contentType;
  headers["content-length"] = String(to - from);
  if (range) headers["content-range"] = `bytes ${from}-${to - 1}/${sizeBytes}`;
  const stream = content ? bodyStream(content, store, range) : null;
  return new Response(stream, { status: range ? 206 : 200, headers });
}
