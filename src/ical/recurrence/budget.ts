import { limits } from "../../limits.ts";
import { Refusal } from "../../refusal.ts";
import { D } from "../../xml/names.ts";

/**
 * What may still be looked at while rules are expanded, so that none of them keeps the process busy.
 * Where it ends, the expansion ends, and whoever asked can see that here.
 */
export class Budget {
  #steps: number;

  /** @param steps Periods, days and instances to look at; some 30 ns each. */
  constructor(steps: number = limits.recurrenceSteps) {
    this.#steps = steps;
  }

  /** False: there is not so much left. */
  spend(steps = 1): boolean {
    this.#steps -= steps;
    return this.#steps >= 0;
  }

  /** Steps that may still be spent. */
  get left(): number {
    return Math.max(this.#steps, 0);
  }

  /** Whether an expansion had to end because of it. */
  get exhausted(): boolean {
    return this.#steps < 0;
  }
}

/**
 * The budgets of one answer: `next` gives that of the next object, once it is done with the one before.
 *
 * @throws {Refusal} 507 DAV:number-of-matches-within-limits: all objects together take too long.
 */
export class Budgets {
  #left: number;
  #last = new Budget();

  constructor(steps: number = limits.recurrenceStepsOfAnswer) {
    this.#left = steps;
  }

  next(): Budget {
    this.#left -= limits.recurrenceSteps - this.#last.left;
    if (this.#left < 0) throw new Refusal(507, D.numberOfMatchesWithinLimits);
    return this.#last = new Budget();
  }
}
