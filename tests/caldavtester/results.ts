/** What CalDAVTester found, and what of it may still wait. */

/** One row of the runner's results: a test, or a request ahead of all tests of a script. */
export interface Result {
  /** The script. */
  readonly file: string;
  /** Of the tests; `start` of the requests ahead of them, whose `test` is their number. */
  readonly suite: string;
  readonly test: string;
  readonly status: "pass" | "fail" | "ignored" | "error";
  readonly detail: string;
}

/** A row of the waiting list: tests of one suite, and the issue or reason for which they wait. */
export interface Waiting {
  readonly file: string;
  readonly suite: string;
  /** `*`: every one that is run. */
  readonly tests: readonly string[] | "*";
  readonly reason: string;
}

/** The suite under which the requests stand that a script sends ahead of its tests. */
export const startSuite = "start";

/** Reads the runner's `--results`, one JSON object a line. */
export function resultsIn(text: string): Result[] {
  return text.trimEnd().split("\n").map((line) => {
    const { file, suite, test, status, detail = "", request } = JSON.parse(line);
    return status === "start-fail"
      ? { file, suite: startSuite, test: String(request), status: "fail", detail }
      : { file, suite, test, status, detail };
  });
}

/** Reads lines of file, suite, tests and reason with tabs in between; `#` begins a comment. */
export function waitingIn(text: string): Waiting[] {
  const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return lines.map((line) => {
    const [file = "", suite = "", tests = "", reason = ""] = line.split("\t");
    return { file, suite, tests: tests === "*" ? "*" : tests.split(","), reason };
  });
}

/** A sentence for each way in which results and waiting list disagree. */
export function disagreements(
  results: readonly Result[],
  waiting: readonly Waiting[],
): string[] {
  const waits = (one: Result) =>
    waiting.some((row) => isOf(row, one) && (row.tests === "*" || row.tests.includes(one.test)));
  return [
    ...results.flatMap((one) => {
      const { status, detail } = one;
      if (status === "error") return `${nameOf(one)} can't be run: ${detail}`;
      if (status === "fail" && !waits(one)) return `${nameOf(one)} fails: ${detail}`;
      if (status === "pass" && waits(one)) {
        return `${nameOf(one)} waits, but passes: take it off the list`;
      }
      return [];
    }),
    ...waiting.flatMap((row) => {
      if (row.reason === "") return `${nameOf(row)} waits for no reason`;
      const run = results.filter((one) => isRun(one) && isOf(row, one)).map(({ test }) => test);
      const missing = row.tests === "*"
        ? run.length === 0 ? ["*"] : []
        : row.tests.filter((test) => !run.includes(test));
      return missing.map((test) => `${nameOf({ ...row, test })} waits, but is not run`);
    }),
  ];
}

/** Whether the features of the server under test switch it on. */
export const isRun = ({ status }: Result): boolean => status !== "ignored";

const isOf = (row: Waiting, { file, suite }: Result): boolean =>
  row.file === file && row.suite === suite;

const nameOf = (one: Pick<Result, "file" | "suite"> & { readonly test?: string }): string =>
  [one.file, one.suite, one.test].filter((part) => part !== undefined).join(", ");
