import { assertEquals } from "@std/assert";
import { disposing, type Folder, temporaryFolder } from "./folder.ts";
import { runCli, type Server, startServer } from "./harness.ts";
import { hasSqld, startSqld } from "./sqld.ts";
import { until } from "./until.ts";

/** Two processes that answer for one database. */
export interface Nodes extends AsyncDisposable {
  readonly nodes: readonly [Node, Node];
  /** Runs a command on that database, and gives its output. */
  cli(args: readonly string[], stdin?: string): Promise<string>;
}

/** One of them. */
export interface Node {
  fetch(path: string, init: RequestInit): Promise<Response>;
}

export interface Form {
  readonly name: string;
  readonly ignore?: boolean;
  /** `env`: settings of both. */
  readonly open: (env: Readonly<Record<string, string>>) => Promise<Nodes>;
}

export const forms: readonly Form[] = [
  { name: "two workers", open: workers },
  { name: "two processes on one file", open: (env) => pair(env, []) },
  {
    name: "two nodes on one libSQL server",
    ignore: !hasSqld,
    async open(env) {
      const sqld = await startSqld();
      const nodes = await pair(env, ["--database", sqld.url]);
      return { ...nodes, ...disposing(nodes, sqld) };
    },
  },
];

type Env = Readonly<Record<string, string>>;

async function pair(env: Env, database: readonly string[]): Promise<Nodes> {
  const folder = await temporaryFolder();
  const start = () => startServer({ dir: folder.path, env, args: database });
  const [one, two] = await Promise.all([start(), start()]);
  const node = ({ url }: Server): Node => ({ fetch: (path, init) => fetch(url + path, init) });
  return {
    nodes: [node(one), node(two)],
    cli: cliOn(folder, env, database),
    ...disposing(one, two, folder),
  };
}

async function workers(env: Env): Promise<Nodes> {
  const folder = await temporaryFolder();
  const server = await startServer({ dir: folder.path, env, args: ["--workers", "2"] });
  const clients = await clientsOfWorkers(server);
  const node = (client: Deno.HttpClient): Node => ({
    fetch: (path, init) => fetch(server.url + path, { ...init, client }),
  });
  const closing = {
    async [Symbol.asyncDispose]() {
      for (const client of clients) client.close();
      await server[Symbol.asyncDispose]();
    },
  };
  return {
    nodes: [node(clients[0]), node(clients[1])],
    cli: cliOn(folder, env, []),
    ...disposing(closing, folder),
  };
}

/** The system chooses who answers on a connection; these keep theirs, each to another worker. */
async function clientsOfWorkers(
  server: Server,
): Promise<readonly [Deno.HttpClient, Deno.HttpClient]> {
  const byWorker = new Map<unknown, Deno.HttpClient>();
  for (;;) {
    const client = Deno.createHttpClient({ poolMaxIdlePerHost: 1 });
    const path = `/${crypto.randomUUID()}`;
    await (await fetch(server.url + path, { client })).body?.cancel();
    const { worker } = await until("the request is logged", async () => {
      const line = (await server.stderr()).find((line) => line.includes(path));
      return line === undefined ? undefined : JSON.parse(line) as { readonly worker: unknown };
    });
    if (byWorker.has(worker)) client.close();
    else byWorker.set(worker, client);
    const [one, two] = byWorker.values();
    if (one && two) return [one, two];
  }
}

const cliOn =
  ({ path: dir }: Folder, env: Env, database: readonly string[]): Nodes["cli"] =>
  async (args, stdin) => {
    const { code, stdout, stderr } = await runCli([...args, ...database], { dir, env, stdin });
    assertEquals(code, 0, stderr);
    return stdout.trim();
  };
