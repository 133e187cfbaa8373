import { assertEquals } from "@std/assert";
import { progressOn } from "../../src/cli/progress.ts";

const said = (terminal: boolean, clock?: () => number) => {
  const texts: string[] = [];
  const io = {
    env: {},
    stdin: ReadableStream.from([]),
    out: () => {},
    err: (text: string) => texts.push(text),
    terminal,
    stopRequested: () => Promise.resolve(),
  };
  return { texts, progress: progressOn(io, 12_000, "objects", clock) };
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
  let now = 0;
  const { texts, progress } = said(true, () => now);
  for (const [at, done] of [[0, 250], [50, 500], [99, 750], [100, 1000]] as const) {
    now = at;
    progress.at(done);
  }
  progress.say("davit: skipped one");
  progress.end();
  const clear = "\r\x1b[2K";
  assertEquals(texts, [
    `${clear}davit: 250 of 12000 objects`,
    `${clear}davit: 1000 of 12000 objects`,
    `${clear}davit: skipped one\n`,
    clear,
  ]);
});
