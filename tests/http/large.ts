import { event } from "../fixtures/events.ts";

/**
 * An event of exactly so many bytes, most of them an attachment of 75 octets to the line; the bytes
 * differ from line to line, so that a chunk in the wrong place is seen.
 */
export function large(sizeBytes: number, uid = "large"): string {
  const begin = "ATTACH;ENCODING=BASE64;VALUE=BINARY:";
  const filler = "\r\nX-FILL:";
  const around = event({ uid, lines: [begin] }).length + filler.length;
  const perLine = "\r\n ".length + 72;
  const count = Math.max(0, Math.floor((sizeBytes - around) / perLine));
  const value = Array.from(
    { length: count },
    (_, line) => "\r\n " + line.toString(16).padStart(8, "0").repeat(9),
  ).join("");
  const rest = "x".repeat(sizeBytes - around - count * perLine);
  return event({ uid, lines: [begin + value + filler + rest] });
}
