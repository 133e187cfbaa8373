/** Bytes from `from` up to, not including, `to`. */
export interface ByteRange {
  readonly from: number;
  readonly to: number;
}

/**
 * The one range that `Range` asks for (RFC 9110 §14.2). Undefined where it can be ignored: another
 * unit, several ranges, or none that can be read. "unsatisfiable": 416.
 */
export function readRange(
  headers: Headers,
  { sizeBytes, etag }: { readonly sizeBytes: number; readonly etag: string },
): ByteRange | "unsatisfiable" | undefined {
  const found = oneRange.exec(headers.get("range") ?? "");
  const [, first = "", last = ""] = found ?? [];
  if (!found || (first === "" && last === "")) return undefined;
  const ifRange = headers.get("if-range");
  if (ifRange !== null && ifRange.trim() !== etag) return undefined;
  if (first === "") return suffix(Number(last), sizeBytes);
  const from = Number(first);
  const to = last === "" ? sizeBytes : Math.min(Number(last) + 1, sizeBytes);
  if (last !== "" && Number(last) < from) return undefined;
  return from < sizeBytes ? { from, to } : "unsatisfiable";
}

/** No two blanks can stand side by side in it, which would take quadratic time. */
const oneRange = /^\s*bytes\s*=\s*(?:(\d+)\s*)?-\s*(?:(\d+)\s*)?$/i;

const suffix = (length: number, sizeBytes: number): ByteRange | "unsatisfiable" =>
  length === 0 || sizeBytes === 0
    ? "unsatisfiable"
    : { from: Math.max(0, sizeBytes - length), to: sizeBytes };
