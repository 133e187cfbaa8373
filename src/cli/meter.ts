import { cpuUsage } from "node:process";
import type { Meter } from "../services.ts";
import type { Store } from "../store/store.ts";

/** What one process has counted of one thing, as prom-client writes it in JSON. */
export interface Metric {
  readonly name: string;
  readonly help: string;
  readonly type: "counter" | "gauge" | "histogram";
  readonly aggregator: "sum";
  readonly values: readonly Sample[];
}

interface Sample {
  readonly value: number;
  readonly labels: Readonly<Record<string, string>>;
  /** Where it is not the metric's own. */
  readonly metricName?: string;
}

/** The meter of a process on a host. */
export interface HostMeter extends Meter {
  /** The same store, its work counted. */
  counted(store: Store): Store;
  readonly databaseBusy: () => void;
  readonly connectionsCut: (count: number) => void;
  /** What this process has counted. */
  metrics(): readonly Metric[];
}

export interface MeterOptions {
  /** Of all that is counted here. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Adds what other processes have counted. */
  readonly gather?: (own: readonly Metric[]) => Promise<readonly (readonly Metric[])[]>;
}

/** Seconds. */
const durationBounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/**
 * Counts with plain numbers: this is done with every request, while the library that writes them
 * takes longer to load than the rest of the program.
 */
export function createMeter({ labels = {}, gather }: MeterOptions = {}): HostMeter {
  const requests = tally("method", "status");
  const durations = histogram(durationBounds, "method");
  const commits = tally("outcome");
  let [inFlight, loginFailures, busy, cut] = [0, 0, 0, 0];

  function metrics(): readonly Metric[] {
    const { user, system } = cpuUsage();
    const single = (value: number) => [{ value, labels: {} }];
    const counted = [
      counter("davit_requests_total", "Requests answered", requests.samples()),
      {
        name: durationName,
        help: "Seconds until the head of the answer",
        type: "histogram",
        values: durations.samples(durationName),
      },
      gauge("davit_requests_in_flight", "Requests that wait for an answer", single(inFlight)),
      counter(
        "davit_commits_total",
        "Commits: written; overtaken by another and decided anew; or failed",
        commits.samples(),
      ),
      counter(
        "davit_database_busy_total",
        "Times that the database file was held by another process",
        single(busy),
      ),
      counter("davit_login_failures_total", "Log-ins with a wrong password", single(loginFailures)),
      counter(
        "davit_connections_cut_total",
        "Connections that were ended as no request came",
        single(cut),
      ),
      counter(
        "process_cpu_seconds_total",
        "Processor time in seconds",
        single((user + system) / 1e6),
      ),
      gauge(
        "process_resident_memory_bytes",
        "Resident memory in bytes",
        single(Deno.memoryUsage().rss),
      ),
      gauge(
        "process_start_time_seconds",
        "Start of the process, in seconds since 1970",
        single(performance.timeOrigin / 1000),
      ),
    ] as const;
    return counted.map((metric) => ({
      ...metric,
      aggregator: "sum",
      values: metric.values.map((one) => ({ ...one, labels: { ...one.labels, ...labels } })),
    }));
  }

  return {
    begin(method) {
      const began = performance.now();
      inFlight++;
      return (status) => {
        inFlight--;
        requests.add(method, String(status));
        durations.add((performance.now() - began) / 1000, method);
      };
    },
    async exposition() {
      const { default: { AggregatorRegistry } } = await import("prom-client");
      const all = await gather?.(metrics()) ?? [metrics()];
      const registry = AggregatorRegistry.aggregate(all as unknown as object[]);
      return { type: registry.contentType, text: await registry.metrics() };
    },
    counted: (store) => ({
      ...store,
      async commit(rests, changes) {
        try {
          const isWritten = await store.commit(rests, changes);
          commits.add(isWritten ? "written" : "overtaken");
          return isWritten;
        } catch (error) {
          commits.add("failed");
          throw error;
        }
      },
      recordLoginFailure(...failure) {
        loginFailures++;
        return store.recordLoginFailure(...failure);
      },
    }),
    databaseBusy: () => void busy++,
    connectionsCut: (count) => void (cut += count),
    metrics,
  };
}

const durationName = "davit_request_duration_seconds";

const counter = (name: string, help: string, values: readonly Sample[]) =>
  ({ name, help, type: "counter", values }) as const;

const gauge = (name: string, help: string, values: readonly Sample[]) =>
  ({ name, help, type: "gauge", values }) as const;

/** Counts by the values of some labels, none of which has a space. */
function tally(...names: readonly string[]) {
  const sums = new Map<string, number>();
  return {
    add(...values: readonly string[]) {
      const key = values.join(" ");
      sums.set(key, (sums.get(key) ?? 0) + 1);
    },
    samples: (): Sample[] =>
      Array.from(sums, ([key, value]) => ({ value, labels: labelled(names, key) })),
  };
}

/** Counts how often each bound was kept; `bounds` ascend. */
function histogram(bounds: readonly number[], ...names: readonly string[]) {
  const all = new Map<string, { readonly counts: number[]; sum: number }>();
  return {
    add(value: number, ...values: readonly string[]) {
      const key = values.join(" ");
      let one = all.get(key);
      if (one === undefined) all.set(key, one = { counts: [...bounds, 0].map(() => 0), sum: 0 });
      const place = bounds.findIndex((bound) => value <= bound);
      const index = place < 0 ? bounds.length : place;
      one.counts[index] = (one.counts[index] ?? 0) + 1;
      one.sum += value;
    },
    samples: (name: string): Sample[] =>
      [...all].flatMap(([key, { counts, sum }]) => {
        const labels = labelled(names, key);
        let total = 0;
        const buckets = counts.map((count, index) => ({
          value: total += count,
          labels: { le: String(bounds[index] ?? "+Inf"), ...labels },
          metricName: `${name}_bucket`,
        }));
        return [
          ...buckets,
          { value: sum, labels, metricName: `${name}_sum` },
          { value: total, labels, metricName: `${name}_count` },
        ];
      }),
  };
}

const labelled = (names: readonly string[], key: string): Readonly<Record<string, string>> => {
  const values = key.split(" ");
  return Object.fromEntries(names.map((name, index) => [name, values[index] ?? ""]));
};
