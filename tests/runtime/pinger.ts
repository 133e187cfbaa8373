/**
 * `pinger.ts URL AUTHORIZATION`: asks for the URL again and again, one request after another, until
 * SIGTERM. Says `pinging URL` once it has had some answers, and in the end writes what it has measured
 * to stderr, as JSON. A process of its own, so that nothing else of the test is measured.
 */
import { delayMsOf } from "../processor.ts";

/** What it says. */
export interface Pinged {
  readonly count: number;
  readonly longestMs: number;
  /** Answers that were not 2xx. */
  readonly failed: number;
  /** How long it waited for a processor, in all. */
  readonly delayedMs: number;
}

const pauseMs = 1;
const warmingUp = 50;

async function ping(url: string, authorization: string): Promise<void> {
  let [count, longestMs, failed] = [0, 0, 0];
  let stopped = false;
  Deno.addSignalListener("SIGTERM", () => stopped = true);
  const ask = async () => {
    const began = performance.now();
    const response = await fetch(url, { headers: { authorization } });
    await response.arrayBuffer();
    return { ms: performance.now() - began, ok: response.ok };
  };
  for (let warm = 0; warm < warmingUp; warm++) await ask();
  const before = await delayMsOf("self");
  console.log(`pinging ${url}`);
  while (!stopped) {
    const { ms, ok } = await ask();
    count++;
    longestMs = Math.max(longestMs, ms);
    if (!ok) failed++;
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
  const delayedMs = await delayMsOf("self") - before;
  console.error(JSON.stringify({ count, longestMs, failed, delayedMs } satisfies Pinged));
  Deno.exit();
}

const [url, authorization] = Deno.args;
if (import.meta.main && url && authorization) await ping(url, authorization);
