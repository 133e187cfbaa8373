import { textChunkChars, textStream, utf8Bytes } from "../http/text_stream.ts";
import { createBreaks } from "../steps.ts";
import { escapeText, rootNamespaces } from "../xml/write.ts";
import type { Splices } from "./splices.ts";

/** One DAV:response, or several one behind the other, written out. */
export type ResponseXml = string;

/** With every answer that is made for one request: nothing in between may weaken its ETags. */
export const dynamicHeaders: Readonly<Record<string, string>> = {
  "cache-control": "private, no-transform",
};

export const xmlHeaders: Readonly<Record<string, string>> = {
  ...dynamicHeaders,
  "content-type": "application/xml; charset=utf-8",
};

/**
 * A 207. One that is short is sent as a whole, a longer one while `responses` are produced, with some
 * of them in memory at a time. The status goes out first: refuse before calling this. The sync-token
 * goes out last, so a client that got half of it keeps its old token.
 */
export async function multistatus(
  responses: Iterable<ResponseXml> | AsyncIterable<ResponseXml>,
  { syncToken, headers = {}, splices }: {
    readonly syncToken?: () => string;
    readonly headers?: Readonly<Record<string, string>>;
    /** For responses with marks. */
    readonly splices?: Splices;
  } = {},
): Promise<Response> {
  const written = write(responses, syncToken);
  const texts = splices?.into(written, escapeText) ?? written;
  let begun = "";
  let isWhole = false;
  while (!isWhole && begun.length < wholeChars) {
    const { done = false, value = "" } = await texts.next();
    isWhole = done;
    begun += value;
  }
  const all = { ...xmlHeaders, ...headers };
  if (!isWhole) {
    return new Response(textStream(resumed(begun, texts)), { status: 207, headers: all });
  }
  // The length tells `releasingSent` that this is no stream; the runtime encodes the text.
  const length = String(utf8Bytes(begun));
  return new Response(begun, { status: 207, headers: { ...all, "content-length": length } });
}

/** An answer of so many characters is not worth a stream, which costs more than its first pieces. */
const wholeChars = 256 * 1024;

async function* resumed(first: string, rest: AsyncGenerator<string>): AsyncGenerator<string> {
  yield first;
  yield* rest;
}

async function* write(
  responses: Iterable<ResponseXml> | AsyncIterable<ResponseXml>,
  syncToken?: () => string,
): AsyncGenerator<string, void, void> {
  let text = `<?xml version="1.0" encoding="utf-8"?>\n<D:multistatus ${rootNamespaces}>`;
  for await (const response of responses) {
    text += response;
    if (text.length < textChunkChars) continue;
    yield text;
    text = "";
  }
  if (syncToken) text += `<D:sync-token>${escapeText(syncToken())}</D:sync-token>`;
  yield `${text}</D:multistatus>`;
}

/**
 * The responses of many items, in texts worth to be sent, while others are answered: some properties
 * take their time. `prepare` comes before each of them.
 */
export function inTexts<T>(
  write: (item: T) => ResponseXml,
  prepare: (item: T) => Promise<void> | void = () => {},
): (items: Iterable<T>) => AsyncGenerator<ResponseXml> {
  const breaks = createBreaks();
  return async function* (items) {
    let text = "";
    for (const item of items) {
      const ready = prepare(item);
      if (ready) await ready;
      text += write(item);
      if (text.length >= textChunkChars) {
        yield text;
        text = "";
      }
      const pause = breaks();
      if (pause) await pause;
    }
    yield text;
  };
}

/** A resource as a whole: gone, refused, or cut off (RFC 4918 §14.24, without a propstat). */
export const statusResponse = (href: string, status: number, error = ""): ResponseXml =>
  `<D:response><D:href>${escapeText(href)}</D:href><D:status>${statusLine(status)}</D:status>${
    error && `<D:error>${error}</D:error>`
  }</D:response>`;

/** Properties of a resource, gathered by the status of each. */
export interface Propstat {
  readonly status: number;
  /** The property elements, written out. */
  readonly properties: string;
  /** The precondition elements, written out. */
  readonly error?: string;
}

/** @param href Of a resource: there is nothing in it to be escaped. */
export function propstatResponse(href: string, propstats: readonly Propstat[]): ResponseXml {
  const [only] = propstats;
  if (only && propstats.length === 1 && only.status === 200) {
    return okResponse(href, only.properties);
  }
  return `<D:response><D:href>${href}</D:href>${propstatsXml(propstats)}</D:response>`;
}

/** As {@linkcode propstatResponse}, where all that is asked is there. */
export const okResponse = (href: string, properties: string): ResponseXml =>
  responseOpen + href + okOpen + properties + okClose;

// Most responses, in few pieces: to put many together is most of the work.
const responseOpen = "<D:response><D:href>";
const okOpen = "</D:href><D:propstat><D:prop>";
const okClose = "</D:prop><D:status>HTTP/1.1 200 OK</D:status></D:propstat></D:response>";

/** DAV:propstat elements. */
export function propstatsXml(propstats: readonly Propstat[]): string {
  let text = "";
  for (const { status, properties, error } of propstats) {
    text += `<D:propstat><D:prop>${properties}</D:prop><D:status>${statusLine(status)}</D:status>`;
    if (error) text += `<D:error>${error}</D:error>`;
    text += "</D:propstat>";
  }
  return text;
}

/** Parsers look for `HTTP/d.d ddd ` whatever carries the answer. */
export const statusLine = (status: number): string =>
  `HTTP/1.1 ${status} ${reasons[status] ?? "Status"}`;

const reasons: Readonly<Record<number, string>> = {
  200: "OK",
  201: "Created",
  204: "No Content",
  400: "Bad Request",
  403: "Forbidden",
  404: "Not Found",
  409: "Conflict",
  412: "Precondition Failed",
  413: "Content Too Large",
  423: "Locked",
  424: "Failed Dependency",
  500: "Internal Server Error",
  507: "Insufficient Storage",
};
