/**
 * The part of Deno's `@std/testing/bdd` that our tests use, for machines that do not reach JSR: a
 * top-level `describe` is one `Deno.test`, what stands in it are its steps. (`Deno.test.beforeAll`
 * is missing in Deno 2.4, and the hooks of node:test fail there.)
 */

type Fn = (this: void, t: Deno.TestContext) => void | Promise<void>;
type Hook = () => void | Promise<void>;
type HookName = "beforeAll" | "beforeEach" | "afterEach" | "afterAll";

interface Suite {
  readonly hooks: Record<HookName, Hook[]>;
  /** In the order written; a nested suite is a test that runs its own. */
  readonly tests: { readonly name: string; readonly run: Fn }[];
  readonly parent?: Suite;
}

/** The suite whose `describe` is running; the original keeps it in a variable as well. */
let current: Suite | undefined;

/** A suite; `fn` registers its tests and hooks, at once. */
export function describe(name: string, fn: () => void): void {
  const suite = collect(fn);
  if (current) current.tests.push({ name, run: (t) => runSuite(suite, t) });
  else Deno.test(name, (t) => runSuite(suite, t));
}

/** A test: a step of the suite that it stands in, or a `Deno.test` of its own. */
export function it(name: string, fn: Fn): void {
  const suite = current;
  if (suite) suite.tests.push({ name, run: (t) => runTest(suite, fn, t) });
  else Deno.test(name, fn);
}

/** Once, before the first test of the suite. */
export const beforeAll = (fn: Hook): void => addHook("beforeAll", fn);

/** Before each test of the suite and of those in it; the outer suite's first. */
export const beforeEach = (fn: Hook): void => addHook("beforeEach", fn);

/** After each test, also a failed one; the inner suite's first. */
export const afterEach = (fn: Hook): void => addHook("afterEach", fn);

/** Once, after the last test of the suite, also after a failed one. */
export const afterAll = (fn: Hook): void => addHook("afterAll", fn);

function collect(fn: () => void): Suite {
  const hooks = { beforeAll: [], beforeEach: [], afterEach: [], afterAll: [] };
  const suite: Suite = { hooks, tests: [], ...(current && { parent: current }) };
  const outer = current;
  current = suite;
  try {
    fn();
  } finally {
    current = outer;
  }
  return suite;
}

function addHook(name: HookName, fn: Hook): void {
  if (!current) throw new Error(`${name} stands outside of describe`);
  current.hooks[name].push(fn);
}

/** The steps share resources of the hooks, so leaks are looked for once, over the whole suite. */
async function runSuite(suite: Suite, t: Deno.TestContext): Promise<void> {
  try {
    for (const hook of suite.hooks.beforeAll) await hook();
    for (const { name, run } of suite.tests) {
      await t.step({ name, fn: run, sanitizeOps: false, sanitizeResources: false });
    }
  } finally {
    for (const hook of suite.hooks.afterAll) await hook();
  }
}

async function runTest(suite: Suite, fn: Fn, t: Deno.TestContext): Promise<void> {
  const chain = withParents(suite);
  try {
    for (const { hooks } of chain) for (const hook of hooks.beforeEach) await hook();
    await fn(t);
  } finally {
    for (const { hooks } of chain.toReversed()) for (const hook of hooks.afterEach) await hook();
  }
}

const withParents = (suite: Suite): readonly Suite[] =>
  suite.parent ? [...withParents(suite.parent), suite] : [suite];
