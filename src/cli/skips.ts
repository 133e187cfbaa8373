import { withLine } from "../ical/refuse.ts";
import type { Skipped } from "./import_objects.ts";

/** Lines for single skips, and for reasons in the end; what is more is counted. */
const linesMax = 20;
const reasonsMax = 10;

/** Different reasons that are counted: some tell a value, and then there may be one for each skip. */
const countedMax = 1_000;

/** What an import has left out, for people. */
export class Skips {
  readonly #say: (line: string) => void;
  readonly #reasons = new Map<string, number>();
  #count = 0;
  #hasFaults = false;

  constructor(say: (line: string) => void) {
    this.#say = say;
  }

  get count(): number {
    return this.#count;
  }

  /** Whether any was left out for another reason than that the calendar is for other kinds. */
  get hasFaults(): boolean {
    return this.#hasFaults;
  }

  readonly add = ({ what, reason, isOtherKind }: Skipped): void => {
    if (++this.#count <= linesMax) this.#say(`davit: skipped ${what}: ${reason}`);
    this.#hasFaults ||= !isOtherKind;
    const key = withLine(reason, () => "…");
    const count = this.#reasons.get(key);
    if (count !== undefined || this.#reasons.size < countedMax) {
      this.#reasons.set(key, (count ?? 0) + 1);
    }
  };

  /** How many of them are not told, and the reasons by how often there was each, where that says more. */
  summary(): string[] {
    const cut = Math.max(0, this.#count - linesMax);
    const lines = cut > 0 ? [`davit: skipped ${cut} more, which are not listed`] : [];
    if (this.#reasons.size === this.#count) return lines;
    const most = [...this.#reasons].toSorted(([, a], [, b]) => b - a).slice(0, reasonsMax);
    const others = most.reduce((rest, [, count]) => rest - count, this.#count);
    lines.push(
      ...most.map(([reason, count]) => `davit: ${count} of ${this.#count} skipped: ${reason}`),
    );
    if (others > 0) lines.push(`davit: ${others} of ${this.#count} skipped: for other reasons`);
    return lines;
  }
}
