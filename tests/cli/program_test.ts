import { assertEquals, assertMatch } from "@std/assert";
import manifest from "../../deno.json" with { type: "json" };
import { davit, temporaryCli } from "./cli.ts";

Deno.test("davit --version says the version of deno.json", async () => {
  assertEquals(await davit(["--version"]), { code: 0, out: `${manifest.version}\n`, err: "" });
});

Deno.test("davit --help is no error, and for people who asked", async () => {
  const { code, out, err } = await davit(["--help"]);
  assertEquals([code, err], [0, ""]);
  const commands = [...out.matchAll(/^ {2}([a-z]+) /gm)].map(([, name]) => name);
  assertEquals(
    commands.filter((name) => name !== "help"),
    ["serve", "user", "principals", "calendar", "service", "backup", "restore", "doctor"],
  );
});

const usage: { args: string[]; says: string }[] = [
  { args: ["fly"], says: "unknown command 'fly'" },
  { args: ["user", "fly"], says: "unknown command 'fly'" },
  { args: ["user", "add", "--password-stdin"], says: "missing required argument 'name'" },
  { args: ["user", "list", "--xml"], says: "unknown option '--xml'" },
  {
    args: ["user", "list", "one"],
    says: "too many arguments for 'list'. Expected 0 arguments but got 1: one.",
  },
  {
    args: ["user", "add", "alice"],
    says: "pass the password on standard input, with --password-stdin",
  },
  {
    args: ["user", "password", "alice"],
    says: "pass the password on standard input, with --password-stdin",
  },
  {
    args: ["user", "app-password", "revoke", "alice"],
    says: "say which app password, with --name",
  },
  { args: ["principals", "import"], says: "missing required argument 'file'" },
  { args: ["calendar", "import", "alice"], says: "missing required argument 'calendar'" },
  {
    args: ["user", "list", "--data", "here", "--database", "http://there"],
    says: "option '--data <dir>' cannot be used with option '--database <url>'",
  },
  {
    args: ["user", "list", "--database", "there"],
    says: "--database: must be an http, https or libsql URL",
  },
  { args: ["serve", "--listen", "80"], says: "--listen: must be host:port or [IPv6 address]:port" },
  { args: ["serve", "--base-url", "x"], says: "--base-url: must be an http or https URL" },
];

for (const { args, says } of usage) {
  Deno.test(`wrong usage: davit ${args.join(" ")}`, async () => {
    assertEquals(await davit(args), { code: 2, out: "", err: `davit: ${says}\n` });
  });
}

for (const args of [[], ["user"], ["user", "app-password"], ["principals"], ["calendar"]]) {
  Deno.test(`wrong usage: davit ${args.join(" ")}, which is answered with help`, async () => {
    const { code, out, err } = await davit(args);
    assertEquals([code, out], [2, ""]);
    assertMatch(err, /^Usage: davit/);
  });
}

Deno.test("a folder without a database is likely a slip", async () => {
  const { code, err } = await davit(["user", "list", "--data", "/nowhere"]);
  assertEquals([code, err], [
    1,
    "davit: there is no database in /nowhere; --data names another folder\n",
  ]);
});

Deno.test("a file that is no database is refused, and stays as it is", async () => {
  await using cli = await temporaryCli();
  const path = await cli.write("davit.db", "Dear diary,\n".repeat(100));
  const { code, out, err } = await davit(["user", "list", "--data", cli.folder]);
  assertEquals([code, out], [1, ""]);
  assertEquals(err, `davit: can't open the database in ${cli.folder}: file is not a database\n`);
  assertEquals(await Deno.readTextFile(path), "Dear diary,\n".repeat(100));
});

const files: { name: string; content: string; says: string }[] = [
  { name: "no JSON", content: "{", says: "Expected property name or '}' in JSON at position 1" },
  { name: "an unknown setting", content: '{"color": 1}', says: "color: is not known" },
  {
    name: "a wrong value",
    content: '{"trustedProxies": ["::1", "x"]}',
    says: "trustedProxies[1]: must be an IP address or a network such as 10.0.0.0/8",
  },
];

for (const { name, content, says } of files) {
  Deno.test(`--config refuses ${name}, with the file's path`, async () => {
    await using cli = await temporaryCli();
    const path = await cli.write("davit.json", content);
    const { code, err } = await davit(["user", "list", "--config", path]);
    assertEquals([code, err.startsWith(`davit: ${path}: ${says}`)], [1, true], err);
  });
}

Deno.test("--config names the folder; a file that is not there is refused", async () => {
  await using cli = await temporaryCli();
  await cli.ok(["user", "add", "alice", "--password-stdin"], "secret");
  const path = await cli.write("davit.json", JSON.stringify({ data: `${cli.folder}/data` }));
  const { code, out } = await davit(["user", "list", "--config", path]);
  assertEquals([code, out], [0, "alice\tindividual\talice\t\t\n"]);
  const missing = await davit(["user", "list", "--config", `${path}x`]);
  assertEquals([missing.code, missing.err], [1, `davit: ${path}x: there is no such file\n`]);
});

Deno.test("the environment's settings count, and a wrong one is refused by its name", async () => {
  await using cli = await temporaryCli();
  await cli.ok(["user", "add", "alice", "--password-stdin"], "secret");
  const found = await davit(["user", "list"], "", { DAVIT_DATA: `${cli.folder}/data` });
  assertEquals([found.code, found.out], [0, "alice\tindividual\talice\t\t\n"]);
  const wrong = await davit(["user", "list"], "", { DAVIT_KEPT_DAYS: "no" });
  const says = "davit: DAVIT_KEPT_DAYS: must be a whole number from 1 to 36500\n";
  assertEquals(wrong, { code: 1, out: "", err: says });
});
