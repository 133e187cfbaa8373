import { assertEquals } from "@std/assert";
import { propfind, syncCollection } from "../clients/bodies.ts";
import { D } from "../../src/xml/names.ts";
import { documentXml } from "../../src/xml/write.ts";
import { basic, multistatusOf } from "../harness.ts";
import { forms, type Node, type Nodes } from "./nodes.ts";

/** What an administrator changes holds from the next request on, whichever process answers it. */

interface Probe {
  readonly as: string;
  /** Default: that of the account. */
  readonly password?: string;
  /** Default: the calendars. */
  readonly path?: string;
}

interface Case {
  readonly says: string;
  /** Run before; what it prints is the password `secret`. */
  readonly secret?: readonly string[];
  readonly change: readonly string[];
  readonly undo?: readonly string[];
  /** Statuses of a request before, behind the change, and behind its undoing. */
  readonly meets: readonly (readonly [Probe, ...number[]])[];
}

const files = "/dav/files/alice/";
const password = (name: string) => ["user", "password", name, "--password-stdin"];
const appPassword = (verb: string) => ["user", "app-password", verb, "alice", "--name", "phone"];

const cases: readonly Case[] = [
  {
    says: "a service that is off",
    change: ["service", "caldav", "off"],
    undo: ["service", "caldav", "on"],
    meets: [
      [{ as: "alice" }, 207, 503, 207],
      [{ as: "bob" }, 207, 503, 207],
      [{ as: "alice", path: files }, 207, 207, 207],
    ],
  },
  {
    says: "a service that is off for one",
    change: ["service", "files", "off", "--user", "alice"],
    undo: ["service", "files", "on", "--user", "alice"],
    meets: [
      [{ as: "alice", path: files }, 207, 503, 207],
      [{ as: "alice" }, 207, 207, 207],
      [{ as: "bob", path: "/dav/files/bob/" }, 207, 207, 207],
    ],
  },
  {
    says: "an account that is disabled",
    change: ["user", "disable", "alice"],
    undo: ["user", "enable", "alice"],
    meets: [[{ as: "alice" }, 207, 401, 207], [{ as: "bob" }, 207, 207, 207]],
  },
  {
    says: "an app password that is revoked",
    secret: appPassword("add"),
    change: appPassword("revoke"),
    meets: [[{ as: "alice", password: "secret" }, 207, 401], [{ as: "alice" }, 207, 207]],
  },
  {
    says: "a password that is changed",
    change: password("bob"),
    meets: [[{ as: "bob" }, 207, 401], [{ as: "bob", password: "changed" }, 401, 207]],
  },
];

const loginFailures = 20;
const env = { DAVIT_PASSWORD_COST: "10", DAVIT_LOGIN_FAILURES: String(loginFailures) };

async function ask({ fetch }: Node, { as, password = as, path }: Probe): Promise<Response> {
  return await fetch(path ?? `/dav/calendars/${as}/`, {
    method: "PROPFIND",
    headers: { authorization: basic(as, password), depth: "0" },
  });
}

async function statusOf(answer: Promise<Response>): Promise<number> {
  const { status, body } = await answer;
  await body?.cancel();
  return status;
}

for (const { name, ignore, open } of forms) {
  Deno.test({
    name: `${name}: a change holds from the next request on`,
    ignore,
    async fn(test) {
      await using house = await open(env);
      for (const name of ["alice", "bob", "carol"]) {
        await house.cli(["user", "add", name, "--password-stdin"], name);
      }
      for (const one of cases) {
        await test.step(one.says, () => holdsFor(house, one));
      }
      await test.step("wrong passwords, counted together", () => throttles(house));
      await test.step("a token goes on behind a service that was off", () => tokenGoesOn(house));
    },
  });
}

async function holdsFor(
  { nodes, cli }: Nodes,
  { secret, change, undo, meets }: Case,
): Promise<void> {
  const given = secret && await cli(secret);
  const turns = [() => {}, () => cli(change, "changed"), ...(undo ? [() => cli(undo)] : [])];
  for (const [turn, run] of turns.entries()) {
    await run();
    for (const [probe, ...statuses] of meets) {
      const real = probe.password === "secret" ? { ...probe, password: given } : probe;
      const expected = statuses[turn];
      const found = await Promise.all(nodes.map((node) => statusOf(ask(node, real))));
      assertEquals([turn, probe, ...found], [turn, probe, expected, expected]);
    }
  }
}

/** Those who have logged in before go on; an account of which nothing is known is throttled. */
async function throttles({ nodes }: Nodes): Promise<void> {
  const wrong = { as: "carol", password: "wrong" };
  for (let count = 0; count < loginFailures / nodes.length; count++) {
    for (const node of nodes) assertEquals(await statusOf(ask(node, wrong)), 401);
  }
  for (const node of nodes) {
    assertEquals(await statusOf(ask(node, { as: "carol" })), 429);
    assertEquals(await statusOf(ask(node, { as: "alice" })), 207);
  }
}

async function tokenGoesOn({ nodes: [one, two], cli }: Nodes): Promise<void> {
  const calendar = "/dav/calendars/alice/calendar/";
  const headers = { authorization: basic("alice", "alice"), depth: "0" };
  const body = documentXml(propfind(D.syncToken));
  const found = await multistatusOf(
    await one.fetch(calendar, { method: "PROPFIND", headers, body }),
  );
  const token = found.responses[0]?.text(D.syncToken) ?? "";
  const follow = ({ fetch }: Node) =>
    fetch(calendar, { method: "REPORT", headers, body: documentXml(syncCollection(token)) });
  await cli(["service", "caldav", "off"]);
  assertEquals(await statusOf(follow(two)), 503);
  await cli(["service", "caldav", "on"]);
  const { hrefs, syncToken } = await multistatusOf(await follow(two));
  assertEquals([hrefs, syncToken], [[], token]);
}
