import { assertEquals } from "@std/assert";
import { progressOn } from "../../src/cli/progress.ts";

const said = (terminal: boolean) => {
  const texts: string[] = [];
  const io = {
    env: {},
    stdin: ReadableStream.from([]),
    out: () => {},
    err: (text: string) => texts.push(text),
    terminal,
    stopRequested: () => Promise.resolve(),
  };
  return { texts, progress: progressOn(io, 12_000, "objects") };
};

Deno.test("progress in a log: a line for so many", () => {
  const { texts, progress } = said(false);
  for (const done of [250, 4_999, 5_001, 9_000, 10_001, 12_000]) progress.at(done);
  progress.say("davit: skipped one");
  progress.end();
  assertEquals(texts, [
    "davit: 5001 of 12000 objects\n",
    "davit: 10001 of 12000 objects\n",
    "davit: skipped one\n",
  ]);
});

Deno.test("progress on a terminal: one line that is written over, and in the end is gone", () => {
  const { texts, progress } = said(true);
  for (const done of [250, 500, 750]) progress.at(done); // the last ones come too soon
  progress.say("davit: skipped one");
  progress.end();
  const clear = "\r\x1b[2K";
  assertEquals(texts, [
    `${clear}davit: 250 of 12000 objects`,
    `${clear}davit: skipped one\n`,
    clear,
  ]);
});
