import * as v from "valibot";

/** JSON from outside is not of the shape that it must have. */
export class ShapeError extends Error {
  override readonly name = "ShapeError";
}

/**
 * `value`, once it is known to be of the shape of `schema`.
 *
 * @param root What the value is called where no path leads further in: `DAVIT_LISTEN`.
 * @throws {ShapeError} One line on the first fault: `principals[3].emails: must be a list`.
 */
export function shaped<S extends v.GenericSchema>(
  schema: S,
  value: unknown,
  root = "",
): v.InferOutput<S> {
  const result = v.safeParse(schema, value, { abortEarly: true });
  if (result.success) return result.output;
  throw faultOf(root, result.issues[0]);
}

/** `["principals", 3, "emails"]` as `principals[3].emails`. */
export function jsonPath(keys: readonly unknown[]): string {
  return keys.reduce<string>((path, key) => {
    if (typeof key === "number") return `${path}[${key}]`;
    return path === "" ? String(key) : `${path}.${key}`;
  }, "");
}

function faultOf(root: string, issue: v.BaseIssue<unknown>): ShapeError {
  const keys = (issue.path ?? []).map(({ key }) => key);
  const path = jsonPath(root === "" ? keys : [root, ...keys]);
  const problem = problemOf(issue);
  return new ShapeError(path === "" ? problem : `${path}: ${problem}`);
}

/** An object's own issue is about a key, unless the value is no object at all. */
function problemOf({ type, expected, message }: v.BaseIssue<unknown>): string {
  if (type !== "strict_object" || expected === "Object") return message;
  return expected === "never" ? "is not known" : "is missing";
}
