import type { Body } from "../../model.ts";
import { type LinePlace, nextLine } from "../content_lines.ts";
import { lineOf, withLine } from "../refuse.ts";
import { textOf } from "../text.ts";
import type { SplitObject } from "./object.ts";

/**
 * What is wrong with an object, with the line of the stream where it names one of the object.
 * `skeleton`: the object in which that line is counted, where large values are set apart from it.
 */
export async function inStream(
  sentence: string,
  object: SplitObject,
  skeleton?: Body,
): Promise<string> {
  const line = lineOf(sentence);
  if (line === undefined) return sentence;
  const index = skeleton === undefined ? undefined : contentLineAt(skeleton, line);
  let at = 0;
  for await (const { inObject, inStream } of object.lines()) {
    if (index === undefined ? inObject === line : index === at) {
      return withLine(sentence, () => inStream);
    }
    at++;
  }
  return sentence;
}

/** How many content lines, empty ones too, there are ahead of the one with that number. */
function contentLineAt(skeleton: Body, line: number): number {
  const text = textOf(skeleton);
  const place: LinePlace = { at: 0, number: 1 };
  let count = 0;
  for (; place.number < line && place.at < text.length; count++) nextLine(text, place);
  return count;
}
