import { assert, assertEquals, assertThrows } from "@std/assert";
import { Budget, Budgets } from "../../src/ical/instances.ts";
import { Refusal } from "../../src/refusal.ts";
import { D } from "../../src/xml/names.ts";

Deno.test("budget: it is spent by the step, and then exhausted", () => {
  const budget = new Budget(3);
  assert(budget.spend(2));
  assert(budget.spend());
  assertEquals([budget.spent, budget.exhausted], [3, false]);
  assert(!budget.spend());
  assertEquals([budget.spent, budget.exhausted], [4, true]);
});

Deno.test("budget: each object has its own, and all of them together no more than the answer", () => {
  const budgets = new Budgets(10);
  budgets.next().spend(6);
  const second = budgets.next();
  assertEquals(second.spent, 0);
  second.spend(4);
  budgets.next().spend();
  const { status, precondition } = assertThrows(() => budgets.next(), Refusal);
  assertEquals([status, precondition], [507, D.numberOfMatchesWithinLimits]);
});
