/**
 * `deno task bench [--floors] [PEER ...] [-- OPTION ...]`: measures `./davit`, beside other servers
 * when they are named, by `../shared/bench/compare.sh`, which explains the arguments; then how long
 * it takes to start, the most memory that it took, and the slowest of many answers. With `--floors`
 * it fails where davit falls short of `tests/bench/floors.tsv`, beside Cyrus and sabre unless others
 * are named, or of the bounds here. BENCH_USERS: how many users, 5 unless set. The data goes to a
 * temporary folder.
 */
import { temporaryFolder } from "../tests/runtime/folder.ts";
import { runCli, startServer } from "../tests/runtime/harness.ts";
import { shared } from "../tests/shared.ts";
import { root } from "./runtime_packages.ts";
import { startTimesMs } from "./startup.ts";

/** Until `/readyz` answers, the median of ten starts. */
const startMaxMs = 250;
/** Peak PSS. */
const memoryMaxMb = 250;
/** The 99th percentile against the median, of so many answers. */
const tail = { factor: 5, answers: 500 };

/** A row of what compare.sh tells as JSON. */
interface Measured {
  readonly target: string;
  readonly workload: string;
  readonly n: number;
  readonly p50: number;
  readonly p99: number;
  readonly peakMb: number;
}

const compare = shared("bench/compare.sh");
if (compare === undefined) throw new Error("../shared/bench/compare.sh is not there");

await using folder = await temporaryFolder();
// The peers keep plain passwords: a hash that costs is not what is compared.
const env = { DAVIT_PASSWORD_COST: "10" };
const place = { form: "executable", dir: folder.path, env } as const;

const at = Deno.args.indexOf("--");
const words = at < 0 ? Deno.args : Deno.args.slice(0, at);
const options = at < 0 ? [] : Deno.args.slice(at);
const checks = words.includes("--floors");
const named = words.filter((word) => word !== "--floors");
const peers = checks && named.length === 0 ? ["cyrus", "sabre"] : named;

await makeUsers();
const results = `${folder.path}/results.json`;
const code = await compared();
if (code === 2) throw new Error("the comparison failed");
const starts = await startTimesMs(place, 10);
const [startMs = 0, slowestMs = 0] = [starts[starts.length >> 1], starts.at(-1)];
const rows = await davitRows();
const memoryMb = Math.max(...rows.map(({ peakMb }) => peakMb));
const tails = rows.filter(({ n, p50, p99 }) => n >= tail.answers && p99 > tail.factor * p50);

const { log } = console;
log(`start: ${startMs.toFixed(0)} ms until /readyz answers, at most ${slowestMs.toFixed(0)}`);
log(`memory: ${memoryMb.toFixed(0)} MB at most (peak PSS)`);
for (const { workload, p50, p99 } of tails) {
  log(`tail: ${workload}: p99 of ${p99.toFixed(1)} ms, p50 of ${p50.toFixed(1)} ms`);
}
const isShort = startMs > startMaxMs || memoryMb > memoryMaxMb || tails.length > 0;
if (isShort) {
  log(`SHORT: more than ${startMaxMs} ms, ${memoryMaxMb} MB, or a p99 of ${tail.factor} times p50`);
}
Deno.exitCode = code || (checks && isShort ? 1 : 0);

async function makeUsers(): Promise<void> {
  const users = Array.from({ length: Number(Deno.env.get("BENCH_USERS") ?? 5) }, (_, index) => {
    const name = `user${String(index + 1).padStart(2, "0")}`;
    return {
      kind: "individual",
      name,
      displayName: name,
      emails: [`${name}@example.com`],
      password: name,
    };
  });
  const stdin = JSON.stringify({ principals: users });
  const { code, stderr } = await runCli(["principals", "import", "-"], { ...place, stdin });
  if (code !== 0) throw new Error(`the users could not be made: ${stderr}`);
}

/** The exit code of the comparison: 1 where something is short of its floor, 2 where it failed. */
async function compared(): Promise<number> {
  await using server = await startServer(place);
  const calendar = `${server.url}/dav/calendars/user01/calendar/`;
  const target = `davit=${calendar},user01,user01,${server.pid}`;
  const floors = checks ? ["--floors", new URL("tests/bench/floors.tsv", root).pathname] : [];
  const own = ["--subject", "davit", "--json", results, ...floors];
  const { code } = await new Deno.Command("bash", {
    args: [compare?.pathname ?? "", ...own, ...peers, target, ...options],
    stdout: "inherit",
    stderr: "inherit",
  }).output();
  return code;
}

async function davitRows(): Promise<Measured[]> {
  const told: { readonly rows: readonly Measured[] } = JSON.parse(
    await Deno.readTextFile(results),
  );
  return told.rows.filter(({ target }) => target === "davit");
}
