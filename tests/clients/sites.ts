import { startWorkerd } from "../runtime/edge.ts";
import { disposing, temporaryFolder } from "../runtime/folder.ts";
import { type Form, runCli, startServer } from "../runtime/harness.ts";
import { hasSqld, startSqld } from "../runtime/sqld.ts";

/** Who has an account everywhere. */
export const alice = { name: "alice", password: "secret" } as const;

/** davit on a port of this machine, with an account for alice. */
export interface Site extends AsyncDisposable {
  /** Without a slash at the end. */
  readonly url: string;
}

/** A form in which davit runs, for client programs that nobody here has written. */
export interface SiteForm {
  readonly name: string;
  /** What it takes is not there. */
  readonly ignore: boolean;
  /** Hosts of workerd let MKCALENDAR not through. */
  readonly mkcalendar: boolean;
  open(): Promise<Site>;
}

const served = (name: string, form: Form): SiteForm => ({
  name,
  ignore: false,
  mkcalendar: true,
  async open() {
    const folder = await temporaryFolder();
    await addAlice({ form, dir: folder.path });
    const server = await startServer({ form, dir: folder.path });
    return { url: server.url, ...disposing(server, folder) };
  },
});

/** davit from source, and as `deno task compile` has made it. */
export const hosts: readonly SiteForm[] = [
  served("from source", "source"),
  served("as executable", "executable"),
];

export const workerd: SiteForm = {
  name: "in workerd",
  ignore: !hasSqld,
  mkcalendar: false,
  async open() {
    const sqld = await startSqld();
    const settings = { DAVIT_DATABASE_URL: sqld.url };
    await addAlice({ env: settings });
    const edge = await startWorkerd(settings);
    return { url: edge.url, ...disposing(edge, sqld) };
  },
};

async function addAlice(options: Parameters<typeof runCli>[1]): Promise<void> {
  const args = ["user", "add", alice.name, "--email", "alice@example.test", "--password-stdin"];
  const { code, stderr } = await runCli(args, { ...options, stdin: alice.password });
  if (code !== 0) throw new Error(stderr);
}
