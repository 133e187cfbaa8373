/**
 * The part of Deno's `@std/assert` that our tests use, for machines that do not reach JSR. Names,
 * arguments and narrowing are the originals', so `deno.json` may map the name to `jsr:` instead.
 */
import { deepStrictEqual } from "node:assert/strict";
import { equal } from "./equal.ts";

/** What every function here throws. */
export class AssertionError extends Error {
  override readonly name = "AssertionError";
}

/** A class, abstract or not, of which `T` is the instance. */
export type AnyConstructor<T> = abstract new (...args: never[]) => T;

type Falsy = false | 0 | 0n | "" | null | undefined;

/** Fails at once. */
export function fail(msg?: string): never {
  throw new AssertionError(`Failed assertion${msg ? `: ${msg}` : "."}`);
}

export function assert(expr: unknown, msg = "Expected a truthy value."): asserts expr {
  if (!expr) throw new AssertionError(msg);
}

export function assertFalse(
  expr: unknown,
  msg = "Expected a falsy value.",
): asserts expr is Falsy {
  if (expr) throw new AssertionError(msg);
}

/** By structure; prototypes count. */
export function assertEquals<T>(actual: T, expected: T, msg?: string): void {
  if (!equal(actual, expected)) refuse(difference(actual, expected), msg);
}

export function assertNotEquals<T>(actual: T, expected: T, msg?: string): void {
  if (equal(actual, expected)) refuse(`Expected anything but ${show(expected)}`, msg);
}

/** By `Object.is`. */
export function assertStrictEquals<T>(
  actual: unknown,
  expected: T,
  msg?: string,
): asserts actual is T {
  if (!Object.is(actual, expected)) {
    refuse(`Expected the same value:\n${difference(actual, expected)}`, msg);
  }
}

/** By `Object.is`. */
export function assertNotStrictEquals<T>(actual: T, expected: T, msg?: string): void {
  if (Object.is(actual, expected)) refuse(`Expected another value than ${show(expected)}`, msg);
}

/** Neither null nor undefined. */
export function assertExists<T>(actual: T, msg?: string): asserts actual is NonNullable<T> {
  if (actual === undefined || actual === null) refuse(`Expected a value, not ${actual}`, msg);
}

export function assertInstanceOf<T>(
  actual: unknown,
  expectedType: AnyConstructor<T>,
  msg?: string,
): asserts actual is T {
  if (!(actual instanceof expectedType)) {
    refuse(`Expected an instance of ${expectedType.name}, not ${show(actual)}`, msg);
  }
}

export function assertIsError<E extends Error = Error>(
  error: unknown,
  ErrorClass?: AnyConstructor<E>,
  msgMatches?: string | RegExp,
  msg?: string,
): asserts error is E {
  assertInstanceOf(error, ErrorClass ?? Error, msg);
  if (msgMatches === undefined) return;
  const { message } = error as Error;
  const matches = typeof msgMatches === "string"
    ? message.includes(msgMatches)
    : msgMatches.test(message);
  if (!matches) refuse(`Expected a message with ${show(msgMatches)}, not ${show(message)}`, msg);
}

/** Returns what `fn` threw. */
export function assertThrows(fn: () => unknown, msg?: string): unknown;
export function assertThrows<E extends Error = Error>(
  fn: () => unknown,
  ErrorClass: AnyConstructor<E>,
  msgIncludes?: string,
  msg?: string,
): E;
export function assertThrows(
  fn: () => unknown,
  classOrMsg?: AnyConstructor<Error> | string,
  msgIncludes?: string,
  msg?: string,
): unknown {
  try {
    fn();
  } catch (error) {
    if (typeof classOrMsg === "function") assertIsError(error, classOrMsg, msgIncludes, msg);
    return error;
  }
  refuse("Expected the function to throw", typeof classOrMsg === "string" ? classOrMsg : msg);
}

/** Returns what the promise was rejected with; a function that throws at once does not reject. */
export function assertRejects(fn: () => PromiseLike<unknown>, msg?: string): Promise<unknown>;
export function assertRejects<E extends Error = Error>(
  fn: () => PromiseLike<unknown>,
  ErrorClass: AnyConstructor<E>,
  msgIncludes?: string,
  msg?: string,
): Promise<E>;
export async function assertRejects(
  fn: () => PromiseLike<unknown>,
  classOrMsg?: AnyConstructor<Error> | string,
  msgIncludes?: string,
  msg?: string,
): Promise<unknown> {
  const own = typeof classOrMsg === "string" ? classOrMsg : msg;
  let promise: PromiseLike<unknown>;
  try {
    promise = fn();
  } catch {
    refuse("Expected a rejected promise, but the function threw", own);
  }
  try {
    await promise;
  } catch (error) {
    if (typeof classOrMsg === "function") assertIsError(error, classOrMsg, msgIncludes, msg);
    return error;
  }
  refuse("Expected the promise to be rejected", own);
}

export function assertMatch(actual: string, expected: RegExp, msg?: string): void {
  if (!expected.test(actual)) refuse(`Expected ${show(actual)} to match ${expected}`, msg);
}

export function assertNotMatch(actual: string, expected: RegExp, msg?: string): void {
  if (expected.test(actual)) refuse(`Expected ${show(actual)} not to match ${expected}`, msg);
}

export function assertStringIncludes(actual: string, expected: string, msg?: string): void {
  if (!actual.includes(expected)) {
    refuse(`Expected ${show(actual)} to contain ${show(expected)}`, msg);
  }
}

/** Every item of `expected`, by structure, in any order. */
export function assertArrayIncludes<T>(
  actual: ArrayLike<T>,
  expected: ArrayLike<T>,
  msg?: string,
): void {
  const items = Array.from(actual);
  const missing = Array.from(expected).filter((one) => !items.some((item) => equal(item, one)));
  if (missing.length > 0) refuse(`Expected ${show(items)} to include ${show(missing)}`, msg);
}

/** `actual` may have more keys than `expected`, at any depth; arrays have as many items. */
export function assertObjectMatch(
  actual: object,
  expected: Record<PropertyKey, unknown>,
  msg?: string,
): void {
  const part = partLike(actual, expected);
  if (!equal(part, expected)) refuse(difference(part, expected), msg);
}

export function assertGreater<T>(actual: T, expected: T, msg?: string): void {
  if (!(actual > expected)) refuse(`Expected ${show(actual)} > ${show(expected)}`, msg);
}

export function assertGreaterOrEqual<T>(actual: T, expected: T, msg?: string): void {
  if (!(actual >= expected)) refuse(`Expected ${show(actual)} >= ${show(expected)}`, msg);
}

export function assertLess<T>(actual: T, expected: T, msg?: string): void {
  if (!(actual < expected)) refuse(`Expected ${show(actual)} < ${show(expected)}`, msg);
}

export function assertLessOrEqual<T>(actual: T, expected: T, msg?: string): void {
  if (!(actual <= expected)) refuse(`Expected ${show(actual)} <= ${show(expected)}`, msg);
}

function refuse(what: string, msg?: string): never {
  throw new AssertionError(msg === undefined ? what : `${what}: ${msg}`);
}

const show = (value: unknown): string =>
  Deno.inspect(value, { depth: 8, strAbbreviateSize: 2000, iterableLimit: 200 });

/** node:assert's comparison, line by line; it calls some unequal values equal on Deno 2.4. */
function difference(actual: unknown, expected: unknown): string {
  try {
    deepStrictEqual(actual, expected);
  } catch (error) {
    if (error instanceof Error) return error.message;
  }
  return `Values are not equal:\n+ ${show(actual)}\n- ${show(expected)}`;
}

/** What `actual` has under the keys of `expected`, at every depth. */
function partLike(actual: unknown, expected: unknown): unknown {
  if (Array.isArray(actual) && Array.isArray(expected)) {
    return actual.map((item, index) => partLike(item, expected[index]));
  }
  if (!isRecord(actual) || !isRecord(expected)) return actual;
  const keys = Reflect.ownKeys(expected).filter((key) => Reflect.has(actual, key));
  return Object.fromEntries(
    keys.map((key) => [key, partLike(Reflect.get(actual, key), Reflect.get(expected, key))]),
  );
}

/** An object that is compared by its keys; dates, maps, bytes and the like are compared whole. */
function isRecord(value: unknown): value is object {
  return Object.prototype.toString.call(value) === "[object Object]";
}
