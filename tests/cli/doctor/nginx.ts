const program = "/usr/sbin/nginx";

/** Whether it is on this machine. */
export const hasNginx: boolean = await Deno.stat(program).then(() => true, () => false);

/** nginx before a server, on a port of its own. */
export interface Nginx extends AsyncDisposable {
  readonly url: string;
}

/** @param location What stands in `location /`, besides the server's address. */
export const startNginx = (upstream: string, location: string): Promise<Nginx> =>
  startNginxWith((address) =>
    `server { listen ${address}; location / { ${location.replace("UPSTREAM", upstream)} } }`
  );

/** @param server The `server` block for an address. */
export async function startNginxWith(server: (address: string) => string): Promise<Nginx> {
  const folder = await Deno.makeTempDir({ prefix: "davit-test-" });
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  const paths = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
    .map((name) => `${name}_temp_path ${folder}/${name};`).join("\n");
  await Deno.writeTextFile(
    `${folder}/nginx.conf`,
    `${asRoot} daemon off; worker_processes 1; pid ${folder}/pid; error_log ${folder}/log;
    events {}
    http {
      access_log off; ${paths}
      ${server(`127.0.0.1:${port}`)}
    }`,
  );
  const child = new Deno.Command(program, {
    args: ["-p", folder, "-c", `${folder}/nginx.conf`],
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  await untilOpen(port);
  return {
    url: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      child.kill("SIGQUIT");
      await child.status;
      await Deno.remove(folder, { recursive: true });
    },
  };
}

/** Else its workers are nobody, who may not write in the folder. */
const asRoot = Deno.uid() === 0 ? "user root;" : "";

async function untilOpen(port: number): Promise<void> {
  for (let attempt = 0; attempt < 2_000; attempt++) {
    try {
      (await Deno.connect({ hostname: "127.0.0.1", port })).close();
      return;
    } catch (error) {
      if (!(error instanceof Deno.errors.ConnectionRefused)) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error("nginx did not start");
}
