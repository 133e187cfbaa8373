import { assert, assertEquals, assertThrows } from "@std/assert";
import { Budget, Budgets } from "../../src/ical/instances.ts";
import { Refusal } from "../../src/refusal.ts";
import { D } from "../../src/xml/names.ts";

Deno.test("budget: it is spent by the step, and then exhausted", () => {
  const budget = new Budget(3);
  assert(budget.spend(2));
  assert(budget.spend());
  assertEquals([budget.left, budget.exhausted], [0, false]);
  assert(!budget.spend());
  assertEquals([budget.left, budget.exhausted], [0, true]);
});

Deno.test("budget: each object has its own, and all of them together no more than the answer", () => {
  const budgets = new Budgets(10);
  budgets.next().spend(6);
  const second = budgets.next();
  assertEquals(second.left, new Budget().left);
  second.spend(4);
  budgets.next().spend();
  const { status, precondition } = assertThrows(() => budgets.next(), Refusal);
  assertEquals([status, precondition], [507, D.numberOfMatchesWithinLimits]);
});
