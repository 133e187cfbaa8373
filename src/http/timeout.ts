/**
 * The seconds that a client asks of a lock (RFC 4918 §10.7): the first form that can be read, at most
 * `max`; `Infinite` asks for the most, and so does a request that says nothing.
 */
export function readTimeout(headers: Headers, maxSeconds: number): number {
  for (const form of (headers.get("timeout") ?? "Infinite").split(",")) {
    if (/^\s*infinite\s*$/i.test(form)) return maxSeconds;
    const seconds = /^\s*second-(\d+)\s*$/i.exec(form)?.[1];
    if (seconds !== undefined) return Math.max(1, Math.min(Number(seconds), maxSeconds));
  }
  return maxSeconds;
}
