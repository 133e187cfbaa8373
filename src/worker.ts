import process from "node:process";
import { type App, createApp } from "./app.ts";
import { type Config, readConfig } from "./config.ts";
import { releasingSent } from "./http/releasing.ts";
import { jsonLog } from "./log.ts";
import { random, type Services } from "./services.ts";
import { openRemoteStore } from "./store/remote.ts";
import { startUpkeep, upkeep } from "./upkeep.ts";

/** The settings as workerd has them: bindings may be texts, JSON values, and whatever else. */
type Bindings = Readonly<Record<string, unknown>>;

/** What Deno tells of a request. */
interface Peer {
  readonly remoteAddr: { readonly hostname?: string };
}

/** What workerd offers a request or a scheduled event besides. */
interface Context {
  /** Lets the work go on when the client is gone, for half a minute. */
  waitUntil(work: Promise<unknown>): void;
}

/** davit on the edge: in workerd, or under `deno serve`, which knows no context. */
export default {
  async fetch(request: Request, given: Bindings | Peer, context?: Context): Promise<Response> {
    if (context === undefined) {
      const { remoteAddr } = given as Peer;
      return await answer(request, process.env, remoteAddr.hostname, startUpkeep);
    }
    const remoteAddress = request.headers.get("CF-Connecting-IP") ?? undefined;
    const answered = answer(request, textsOf(given as Bindings), remoteAddress);
    context.waitUntil(answered); // Other requests may wait for a log-in that this one checks.
    return await answered;
  },

  /** By a cron trigger of workerd. */
  async scheduled(_event: unknown, bindings: Bindings): Promise<void> {
    const { services } = await running(textsOf(bindings));
    await upkeep(services);
  },
};

type Environment = Parameters<typeof readConfig>[0]["env"];

async function answer(
  request: Request,
  env: Environment,
  remoteAddress: string | undefined,
  started?: (services: Services) => void,
): Promise<Response> {
  let server: Server;
  try {
    server = await running(env, started);
  } catch (error) {
    logTo("info")("error", "start-failed", { error });
    return new Response("davit could not start; its log says why\n", {
      status: 503,
      headers: { "retry-after": "10" },
    });
  }
  return releasingSent(await server.app.fetch(request, { remoteAddress }));
}

interface Server {
  readonly app: App;
  readonly services: Services;
}

/** The one of this isolate. */
let kept: Server | undefined;

/**
 * The server of this isolate, made where there is none yet. Requests that come before there is one
 * make one each and the first is kept: one must not wait for another, whose I/O workerd may end.
 */
async function running(env: Environment, started?: (services: Services) => void): Promise<Server> {
  if (kept !== undefined) return kept;
  const made = await start(env);
  if (kept !== undefined) {
    made.services.store.close();
    return kept;
  }
  kept = made;
  started?.(made.services);
  return made;
}

async function start(env: Environment): Promise<Server> {
  const config = readConfig({ env });
  const { databaseUrl, databaseToken, logLevel } = config;
  if (databaseUrl === undefined) throw new Error("DAVIT_DATABASE_URL must name a libSQL server");
  const store = await openRemoteStore(databaseUrl, databaseToken);
  const services: Services = { store, config, log: logTo(logLevel), clock: Date.now, random };
  return { app: createApp(services), services };
}

const logTo = (least: Config["logLevel"]) => jsonLog(least, (line, level) => console[level](line));

const textsOf = (bindings: Bindings): Environment =>
  Object.fromEntries(
    Object.entries(bindings)
      .filter(([, value]) => ["string", "number", "boolean"].includes(typeof value))
      .map(([name, value]) => [name, String(value)]),
  );
