/** What is to be tested, what is, and what may still wait: ids of assertions about clients. */

/** Ids are made of a client's letters and a number: `AC-12`. */
const idPattern = /\b(?:AC|MC|IO|AR|DX|TB|EM|WC|OC|EV|KD|VP|PY|BF)-\d+\b/g;

/** One row of `clients/assertions.tsv`. */
export interface Assertion {
  readonly id: string;
  readonly stage: string;
  readonly text: string;
}

export function assertionsOf(tsv: string): Assertion[] {
  const [, ...rows] = tsv.trimEnd().split("\n");
  return rows.map((row) => {
    const [id = "", , stage = "", , text = ""] = row.split("\t");
    return { id, stage, text };
  });
}

/** Of the stage, or in part: such a part is marked in the text, as in `204 (access)`. */
export const isOfStage = (stage: string) => (assertion: Assertion): boolean =>
  assertion.stage === stage || new RegExp(`\\((?:[^()]*: )?${stage}\\)`).test(assertion.text);

/** The ids that strings of a test file hold: they stand in the names of tests. */
export function testedIn(text: string): string[] {
  const strings = /\/\/.*|\/\*[^]*?\*\/|("(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`)/g;
  return [...text.matchAll(strings)].flatMap(([, string = ""]) => string.match(idPattern) ?? []);
}

/** The list of those that wait: an id and the issue or reason for which it does, one a line. */
export function waitingIn(text: string): ReadonlyMap<string, string> {
  const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return new Map(lines.map((line) => {
    const [id = "", reason = ""] = line.split(/\s+(.*)/);
    return [id, reason];
  }));
}

/** A sentence for each way in which the three disagree. */
export function disagreements(
  asked: readonly Assertion[],
  known: ReadonlySet<string>,
  tested: ReadonlySet<string>,
  waiting: ReadonlyMap<string, string>,
): string[] {
  const isAsked = new Set(asked.map(({ id }) => id));
  return [
    ...asked
      .filter(({ id }) => !tested.has(id) && !waiting.has(id))
      .map(({ id, text }) => `${id} has no test: ${text}`),
    ...[...waiting].flatMap(([id, reason]) => {
      if (reason === "") return `${id} waits for no reason`;
      if (!isAsked.has(id)) return `${id} waits, but is not asked for`;
      return tested.has(id) ? `${id} waits, but has a test: take it off the list` : [];
    }),
    ...[...tested].filter((id) => !known.has(id)).map((id) => `${id} is tested, but unknown`),
  ];
}
