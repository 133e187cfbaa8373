import { readMediaType } from "../http/media_type.ts";
import { textOfJcal } from "../ical/jcal/read.ts";
import { refuse } from "../ical/refuse.ts";
import { limits } from "../limits.ts";
import { Refusal } from "../refusal.ts";
import { C } from "../xml/names.ts";
import { jcalType } from "../dav/variant.ts";

/**
 * What is kept of a calendar object: the very bytes, where these are iCalendar; jCal (RFC 7265) as
 * the iCalendar that it stands for.
 *
 * @throws {Refusal} 403 CALDAV:valid-calendar-data or CALDAV:max-resource-size, of jCal.
 */
// deno-lint-ignore require-await -- refusals are the promise's
export async function keptOf(sent: Uint8Array, headers: Headers): Promise<Uint8Array> {
  if (readMediaType(headers.get("content-type"))?.type !== jcalType) return sent;
  if (sent.length > limits.jcalBytes) {
    const text = `jCal may have ${limits.jcalBytes} bytes`;
    throw new Refusal(403, C.maxResourceSize, { text });
  }
  return new TextEncoder().encode(textOfJcal(utf8Of(sent)));
}

function utf8Of(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw refuse.validCalendarData("the text is not UTF-8");
  }
}
