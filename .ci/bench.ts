/**
 * `deno task bench [PEER ...] [-- OPTION ...]`: measures `./davit`, beside other servers when they
 * are named, by `../shared/bench/compare.sh`, which explains the arguments. BENCH_USERS: how many
 * users, 5 unless set. The data goes to a temporary folder.
 */
import { temporaryFolder } from "../tests/runtime/folder.ts";
import { runCli, startServer } from "../tests/runtime/harness.ts";
import { shared } from "../tests/shared.ts";

const compare = shared("bench/compare.sh");
if (compare === undefined) throw new Error("../shared/bench/compare.sh is not there");

await using folder = await temporaryFolder();
const place = { form: "executable", dir: folder.path } as const;

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
const { code, stderr } = await runCli(["principals", "import", "-"], {
  ...place,
  stdin: JSON.stringify({ principals: users }),
});
if (code !== 0) throw new Error(`the users could not be made: ${stderr}`);

await using server = await startServer(place);
const calendar = `${server.url}/dav/calendars/user01/calendar/`;
const target = `davit=${calendar},user01,user01,${server.pid}`;

const at = Deno.args.indexOf("--");
const peers = at < 0 ? Deno.args : Deno.args.slice(0, at);
const options = at < 0 ? [] : Deno.args.slice(at);
const comparison = await new Deno.Command("bash", {
  args: [compare.pathname, ...peers, target, ...options],
  stdout: "inherit",
  stderr: "inherit",
}).output();
Deno.exitCode = comparison.code;
