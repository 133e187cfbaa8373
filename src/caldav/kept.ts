import { readMediaType } from "../http/media_type.ts";
import { tellTimezones } from "../ical/by_reference.ts";
import { textOfJcal } from "../ical/jcal/read.ts";
import { refuse } from "../ical/refuse.ts";
import { bodyOf } from "../ical/text.ts";
import { limits } from "../limits.ts";
import { soon } from "../steps.ts";
import { Refusal } from "../refusal.ts";
import { C } from "../xml/names.ts";
import { inRow, keepObject, type KeptContent, type Octets } from "../dav/kept_content.ts";
import type { Uploads } from "../dav/uploads.ts";
import { quirksOf } from "../dav/quirks.ts";
import { etagFor, jcalType, timezonesIn, type Variant } from "../dav/variant.ts";

/** What a calendar keeps of an object that was sent. */
export interface KeptObject {
  readonly content: KeptContent;
  /**
   * The ETag of what was sent, for that of what is kept; absent where nobody is told those very bytes
   * (RFC 4791 §5.3.4), or nobody can say.
   */
  readonly etagOf?: (etag: string) => string;
}

/**
 * The very bytes, where they are iCalendar, and the iCalendar that jCal (RFC 7265) stands for. Whoever
 * says that they know the time zones (RFC 7809) has left out what others need: that is added, and left
 * out again of what they are told.
 *
 * @throws {Refusal} 403 CALDAV:valid-calendar-data or CALDAV:max-resource-size, of jCal.
 */
export async function keepSmall(
  sent: Uint8Array,
  headers: Headers,
  uploads: Uploads,
): Promise<KeptObject> {
  if (isJcal(headers)) return { content: await keepJcal([sent], uploads) };
  const timezones = timezonesIn(headers);
  const etagOf = (etag: string) => etagFor(etag, variantOfSent(headers));
  const text = timezones === "as-written" ? undefined : bodyOf(sent);
  if (typeof text !== "string") return { content: inRow(sent), etagOf };
  const kept = timezones === "left-out" ? await soon(tellTimezones(text, "added")) : text;
  const told = await soon(tellTimezones(kept, timezones));
  return {
    content: inRow(kept === text ? sent : new TextEncoder().encode(kept)),
    etagOf: told === text ? etagOf : undefined,
  };
}

/** As {@linkcode keepSmall}, but that no time zones are added to what is large. */
export async function keepLarge(
  sent: Octets,
  headers: Headers,
  uploads: Uploads,
  check: (sizeBytes: number) => void,
): Promise<KeptObject> {
  if (isJcal(headers)) return { content: await keepJcal(sent, uploads) };
  const isTold = timezonesIn(headers) === "as-written";
  const etagOf = (etag: string) => etagFor(etag, variantOfSent(headers));
  const content = await keepObject(sent, uploads, check);
  return { content, etagOf: isTold ? etagOf : undefined };
}

/** As who sent it is told it, as iCalendar. */
function variantOfSent(headers: Headers): Variant | undefined {
  const timezones = timezonesIn(headers);
  const linked = quirksOf(headers).linksAttachments;
  return linked || timezones !== "as-written" ? { jcal: false, timezones, linked } : undefined;
}

const isJcal = (headers: Headers): boolean =>
  readMediaType(headers.get("content-type"))?.type === jcalType;

async function keepJcal(stream: Octets, uploads: Uploads): Promise<KeptContent> {
  const text = textOfJcal(await readText(stream));
  const bytes = new TextEncoder().encode(text);
  return bytes.length <= limits.inlineBytes ? inRow(bytes) : await keepObject([bytes], uploads);
}

async function readText(stream: Octets): Promise<string> {
  const utf8 = new TextDecoder("utf-8", { fatal: true });
  let text = "";
  let sizeBytes = 0;
  for await (const octets of stream) {
    sizeBytes += octets.length;
    if (sizeBytes > limits.jcalBytes) {
      const text = `jCal may have ${limits.jcalBytes} bytes`;
      throw new Refusal(403, C.maxResourceSize, { text });
    }
    text += decoded(() => utf8.decode(octets, { stream: true }));
  }
  return text + decoded(() => utf8.decode());
}

function decoded(decode: () => string): string {
  try {
    return decode();
  } catch {
    throw refuse.validCalendarData("the text is not UTF-8");
  }
}
