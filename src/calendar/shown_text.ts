import { limits } from "../limits.ts";
import { Refusal } from "../refusal.ts";

/**
 * Checks a text that people see in one line; `what` says which: `The display name`.
 *
 * @throws {Refusal} 400 where it is empty or too long, or holds what a line or XML can't.
 */
export function checkShownText(what: string, text: string): void {
  const fault = faults.find(({ found }) => found(text));
  if (fault) throw new Refusal(400, undefined, { text: `${what} ${fault.says}.` });
}

const faults: readonly { readonly found: (text: string) => boolean; readonly says: string }[] = [
  { found: (text) => text.trim() === "", says: "is empty" },
  { found: (text) => unprintable.test(text), says: "has a control character" },
  {
    found: ({ length }) => length > limits.shownTextChars,
    says: `is longer than ${limits.shownTextChars} characters`,
  },
];

/** Line ends among them. */
const unprintable = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\uFFFE\uFFFF]/u;
