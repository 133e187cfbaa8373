/**
 * Deep equality as `@std/assert` has it, or stricter: whatever is equal here is equal there.
 *
 * `node:assert` alone is not enough: on Deno 2.4 its deepStrictEqual takes any two array buffers,
 * any two errors of a class and any two sets of objects for equal.
 */
export function equal(a: unknown, b: unknown, met = new Map<object, object>()): boolean {
  if (Object.is(a, b)) return true;
  if (!isObject(a) || !isObject(b)) return false;
  if (a instanceof Headers && b instanceof Headers) return equal([...a], [...b]);
  if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return false;
  if (met.get(a) === b) return true; // A circle: decided by the call that is still open.
  met.set(a, b);
  return equalContents(a, b, met) && equalKeys(a, b, met);
}

function equalContents(a: object, b: object, met: Map<object, object>): boolean {
  if (a instanceof Set && b instanceof Set) return equalUnordered([...a], [...b], met);
  if (a instanceof Map && b instanceof Map) return equalUnordered([...a], [...b], met);
  return equal(contents(a), contents(b), met);
}

/** What an object holds beyond its keys, as something with keys; undefined where it is opaque. */
function contents(value: object): unknown {
  if (Array.isArray(value)) return value.length;
  if (value instanceof Date) return value.getTime();
  if (value instanceof ArrayBuffer) return [...new Uint8Array(value)];
  if (value instanceof DataView) {
    return [...new Uint8Array(value.buffer, value.byteOffset, value.byteLength)];
  }
  if (value instanceof Error) return [value.name, value.message, value.cause];
  const text = [RegExp, URL, URLSearchParams, Number, String, Boolean, BigInt];
  return text.some((type) => value instanceof type) ? String(value) : undefined;
}

function equalUnordered(
  a: readonly unknown[],
  b: readonly unknown[],
  met: Map<object, object>,
): boolean {
  const left = [...b];
  return a.length === b.length && a.every((item) => {
    const at = left.findIndex((other) => equal(item, other, new Map(met)));
    return at >= 0 && left.splice(at, 1);
  });
}

function equalKeys(a: object, b: object, met: Map<object, object>): boolean {
  const keys = enumerableKeys(a);
  return keys.length === enumerableKeys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && equal(at(a, key), at(b, key), met));
}

const isObject = (value: unknown): value is object => typeof value === "object" && value !== null;

const at = (value: object, key: PropertyKey): unknown => Reflect.get(value, key);

const enumerableKeys = (value: object): PropertyKey[] =>
  Reflect.ownKeys(value).filter((key) => Object.prototype.propertyIsEnumerable.call(value, key));
