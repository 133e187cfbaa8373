import { assert, assertEquals } from "@std/assert";
import { basic } from "../harness.ts";
import { type Form, runCli, type Server, startServer } from "./harness.ts";
import { temporaryFolder } from "./folder.ts";
import { tlsArguments, tlsFixture } from "./tls.ts";
import { type Wire, wireTo } from "./wire.ts";

/** A busy machine needs some time from a connection to a head on it. */
const headSeconds = 3;

interface Place {
  readonly server: Server;
  /** A connection as a client makes it. */
  readonly connect: () => Promise<Wire>;
  /** The same, before any TLS. */
  readonly connectBelow: () => Promise<Wire>;
  /** Settles when a connection that says nothing was ended: longer than a head may take. */
  readonly headTime: () => Promise<void>;
}

const request = (method: string, path: string, headers: readonly string[] = []): string =>
  [`${method} ${path} HTTP/1.1`, "Host: x", ...headers, "", ""].join("\r\n");

const healthz = request("GET", "/healthz");
const authorization = `Authorization: ${basic("alice", "alice")}`;

interface Case {
  readonly says: string;
  readonly onlyTls?: boolean;
  run(place: Place): Promise<void>;
}

const ends: readonly Case[] = [
  {
    says: "ends half a head",
    async run({ connect }) {
      using wire = await connect();
      await wire.send(healthz.slice(0, -2));
      await wire.ended();
    },
  },
  {
    says: "ends a head that comes in drops",
    async run({ connect }) {
      using wire = await connect();
      await wire.send("GET /");
      const drip = setInterval(() => wire.send("x").catch(() => clearInterval(drip)), 100);
      await wire.ended();
      clearInterval(drip);
    },
  },
  {
    says: "ends no head at all",
    async run({ connect }) {
      using wire = await connect();
      await wire.ended();
    },
  },
  {
    says: "ends half a head after a request",
    async run({ connect, headTime }) {
      using wire = await connect();
      await wire.send(healthz);
      assertEquals(await wire.status(), 200);
      await headTime();
      await wire.send(healthz.slice(0, 9));
      await wire.ended();
    },
  },
  {
    says: "ends half of a TLS handshake",
    onlyTls: true,
    async run({ connectBelow }) {
      using wire = await connectBelow();
      await wire.send("\x16\x03\x01");
      await wire.ended();
    },
  },
];

const stays: readonly Case[] = [
  {
    says: "leaves a connection that waits for its next request",
    async run({ connect, headTime }) {
      using wire = await connect();
      await wire.send(healthz);
      assertEquals(await wire.status(), 200);
      await headTime();
      await headTime();
      await wire.send(healthz);
      assertEquals(await wire.status(), 200);
    },
  },
  {
    says: "leaves a slow upload",
    async run({ connect, headTime }) {
      using wire = await connect();
      const headers = [authorization, "Content-Length: 3"];
      await wire.send(request("PUT", `/dav/files/alice/${crypto.randomUUID()}`, headers));
      for (const letter of "abc") {
        await wire.send(letter);
        if (letter !== "c") await headTime();
      }
      assertEquals(await wire.status(), 201);
    },
  },
  {
    says: "leaves a slow download",
    async run({ connect, headTime }) {
      const path = `/dav/files/alice/${crypto.randomUUID()}`;
      const content = "x".repeat(20_000_000);
      using wire = await connect();
      await wire.send(
        request("PUT", path, [authorization, `Content-Length: ${content.length}`]) + content,
      );
      assertEquals(await wire.status(), 201);
      await wire.send(request("GET", path, [authorization]));
      await headTime();
      await headTime();
      assertEquals(await wire.status(), 200);
    },
  },
];

for (const form of ["source", "executable"] as const satisfies Form[]) {
  for (const tls of [false, true]) {
    const name = `${form}${tls ? ", TLS" : ""}`;
    Deno.test(`${name}: heads are waited for as long as the settings say`, async () => {
      await using place = await placeOf(form, tls);
      const run = async ({ says, run }: Case) => {
        try {
          await run(place);
        } catch (cause) {
          throw new Error(says, { cause });
        }
      };
      const cases = [...ends, ...stays].filter(({ onlyTls }) => tls || !onlyTls);
      await Promise.all(cases.map(run)); // At once: they take their time.
      const lines = (await place.server.stderr()).filter((line) => line.startsWith("{"));
      const cut = lines.map((line) => JSON.parse(line)).filter((line) =>
        line.event === "connections-cut"
      );
      const count = cut.reduce((sum, line) => sum + line.count, 0);
      assert(count >= ends.length, `${count} were ended`);
    });
  }
}

async function placeOf(form: Form, tls: boolean): Promise<Place & AsyncDisposable> {
  const folder = await temporaryFolder();
  const dir = folder.path;
  const user = ["user", "add", "alice", "--password-stdin"];
  await runCli(user, { form, dir, stdin: "alice", env: { DAVIT_PASSWORD_COST: "10" } });
  const server = await startServer({
    form,
    dir,
    args: tls ? tlsArguments("a") : [],
    env: { DAVIT_HEAD_SECONDS: String(headSeconds) },
  });
  const caCerts = tls ? [tlsFixture("a").cert] : undefined;
  const connectBelow = () => wireTo(server.url);
  return {
    server,
    connect: () => wireTo(server.url, caCerts),
    connectBelow,
    async headTime() {
      const began = performance.now();
      using wire = await connectBelow();
      await wire.ended();
      assert(performance.now() - began >= headSeconds * 1000, "ended too early");
    },
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}
