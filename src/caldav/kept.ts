import { readMediaType } from "../http/media_type.ts";
import { textOfJcal } from "../ical/jcal/read.ts";
import { refuse } from "../ical/refuse.ts";
import { limits } from "../limits.ts";
import { Refusal } from "../refusal.ts";
import { C } from "../xml/names.ts";
import { inRow, keepObject, type KeptContent, type Octets } from "../dav/kept_content.ts";
import type { Uploads } from "../dav/uploads.ts";
import { jcalType } from "../dav/variant.ts";

/** Whether a calendar object comes as jCal (RFC 7265), and not as what a calendar keeps. */
export const isJcal = (headers: Headers): boolean =>
  readMediaType(headers.get("content-type"))?.type === jcalType;

/**
 * Keeps jCal as the iCalendar that it stands for.
 *
 * @throws {Refusal} 403 CALDAV:valid-calendar-data or CALDAV:max-resource-size.
 */
export async function keepJcal(stream: Octets, uploads: Uploads): Promise<KeptContent> {
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
