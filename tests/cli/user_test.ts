import { assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { isFastHashOf } from "../../src/access/app_passwords.ts";
import { verifyPassword } from "../../src/access/passwords.ts";
import { openFileStore } from "../../src/store/file.ts";
import type { Store } from "../../src/store/store.ts";
import { type Cli, temporaryCli } from "./cli.ts";

async function inStore<T>(cli: Cli, use: (store: Store) => Promise<T>): Promise<T> {
  const store = await openFileStore(`${cli.folder}/data/davit.db`);
  try {
    return await use(store);
  } finally {
    store.close();
  }
}

const add = (cli: Cli, name: string, ...options: string[]) =>
  cli.run(["user", "add", name, ...options, "--password-stdin"], "secret\n");

Deno.test("user add: with all options, as user list --json says", async () => {
  await using cli = await temporaryCli();
  const options = ["--email", "Alice@Example.com", "--email", "a@example.com", "--admin"];
  const added = await add(cli, "alice", "--display-name", "Alice Ant", ...options);
  assertEquals(added, { code: 0, out: "", err: "" });
  assertEquals(JSON.parse(await cli.ok(["user", "list", "--json"])), [{
    name: "alice",
    kind: "individual",
    displayName: "Alice Ant",
    emails: ["alice@example.com", "a@example.com"],
    admin: true,
    disabled: false,
  }]);
  assertEquals(
    await cli.ok(["user", "list"]),
    "alice\tindividual\tAlice Ant\talice@example.com,a@example.com\tadmin\n",
  );
});

Deno.test("user add: the account has a calendar and a task list", async () => {
  await using cli = await temporaryCli();
  await add(cli, "alice");
  assertEquals(
    await cli.ok(["calendar", "list", "alice"]),
    "calendar\tCalendar\tVEVENT\ntasks\tTasks\tVTODO\n",
  );
});

Deno.test("user add: the folder is its owner's alone", async () => {
  await using cli = await temporaryCli();
  await add(cli, "alice");
  assertEquals(((await Deno.stat(`${cli.folder}/data`)).mode ?? 0) & 0o777, 0o700);
});

const names: { name: string; says?: RegExp }[] = [
  { name: "Anna Maria" },
  { name: "jürgen" },
  { name: "алиса" },
  { name: "alice@example.com" },
  { name: "a.b+c" },
  { name: "", says: /The name is empty/ },
  { name: "..", says: /folder/ },
  { name: "a/b", says: /slash/ },
  { name: "a:b", says: /colon/ },
  { name: "a\nb", says: /control character/ },
  { name: " a", says: /space/ },
  { name: "a".repeat(65), says: /longer than 64/ },
];

for (const { name, says } of names) {
  Deno.test(`user add ${JSON.stringify(name)} is ${says ? "refused" : "taken"}`, async () => {
    await using cli = await temporaryCli();
    const { code, err } = await add(cli, name);
    assertEquals(code, says ? 1 : 0, err);
    if (says) assertMatch(err, new RegExp(`^davit: .*${says.source}.*\n$`));
    else assertMatch(await cli.ok(["user", "list"]), new RegExp(`^${name.replace("+", "\\+")}\t`));
  });
}

const taken: { name: string; options?: string[]; says: string }[] = [
  { name: "alice", says: "alice is there already" },
  { name: "ALICE", says: "alice is there already" },
  { name: "a@example.com", says: "a@example.com is the address of another principal" },
  {
    name: "bob",
    options: ["--email", "A@example.com"],
    says: "a@example.com is the address of another principal",
  },
  {
    name: "bob",
    options: ["--email", "eve@example.com"],
    says: "eve@example.com is the name of another principal",
  },
  { name: "bob", options: ["--email", "bob"], says: '"bob" is not a mail address.' },
  { name: "bob", options: ["--display-name", " "], says: "The display name is empty." },
];

for (const { name, options = [], says } of taken) {
  Deno.test(`user add: ${says}`, async () => {
    await using cli = await temporaryCli();
    await add(cli, "alice", "--email", "a@example.com");
    await add(cli, "eve@example.com");
    const before = await cli.ok(["user", "list"]);
    assertEquals(await add(cli, name, ...options), { code: 1, out: "", err: `davit: ${says}\n` });
    assertEquals(await cli.ok(["user", "list"]), before);
  });
}

const inputs: { input: string; password?: string; says?: string }[] = [
  { input: "secret", password: "secret" },
  { input: "secret\n", password: "secret" },
  { input: "secret\r\nmore\n", password: "secret" },
  { input: " two words \n", password: " two words " },
  { input: "pässword\n", password: "pässword" },
  { input: "", says: "the password on standard input is empty" },
  { input: "\nsecret\n", says: "the password on standard input is empty" },
  { input: "x".repeat(1025), says: "The password is too long." },
  { input: "x".repeat(100_000), says: "the password is too long" },
];

for (const { input, password, says } of inputs) {
  const shown = JSON.stringify(input.slice(0, 20));
  Deno.test(`user password: ${shown} is ${says ?? "taken"}`, async () => {
    await using cli = await temporaryCli();
    await add(cli, "alice");
    const before = await inStore(cli, (store) => store.principalNamed("alice"));
    const { code, err } = await cli.run(["user", "password", "alice", "--password-stdin"], input);
    const after = await inStore(cli, (store) => store.principalNamed("alice"));
    assertEquals([code, err], says ? [1, `davit: ${says}\n`] : [0, ""]);
    assertEquals(await verifyPassword(password ?? "secret", after?.passwordHash ?? ""), true);
    if (says) assertEquals(after, before);
    else {
      assertNotEquals(after?.principal.credentialVersion, before?.principal.credentialVersion);
    }
  });
}

Deno.test("user disable and enable, twice each", async () => {
  await using cli = await temporaryCli();
  await add(cli, "alice");
  for (const [verb, state] of [["disable", "disabled"], ["enable", ""]] as const) {
    for (const _time of [1, 2]) {
      await cli.ok(["user", verb, "alice"]);
      assertEquals(await cli.ok(["user", "list"]), `alice\tindividual\talice\t\t${state}\n`);
    }
  }
});

const ofAlice = [
  ["user", "password", "NAME", "--password-stdin"],
  ["user", "disable", "NAME"],
  ["user", "enable", "NAME"],
  ["user", "limit", "NAME"],
  ["user", "app-password", "add", "NAME", "--name", "x"],
  ["user", "app-password", "list", "NAME"],
  ["calendar", "list", "NAME"],
  ["calendar", "export", "NAME", "calendar"],
  ["service", "files", "off", "--user", "NAME"],
];

for (const args of ofAlice) {
  Deno.test(`${args.slice(0, 2).join(" ")}: a name counts as it does at log-in`, async () => {
    await using cli = await temporaryCli();
    await add(cli, "Älice", "--email", "a@example.com");
    for (const name of ["Älice", "äLICE", "A\u0308lice", "A@Example.com"]) {
      await cli.ok(args.map((word) => word === "NAME" ? name : word), "secret");
      if (args.includes("add")) {
        await cli.ok(["user", "app-password", "revoke", name, "--name", "x"]);
      }
    }
  });
}

const nobody = [
  ["user", "password", "bob", "--password-stdin"],
  ["user", "disable", "bob"],
  ["user", "enable", "bob"],
  ["user", "app-password", "add", "bob"],
  ["user", "app-password", "list", "bob"],
  ["user", "app-password", "revoke", "bob", "--name", "x"],
  ["calendar", "list", "bob"],
  ["calendar", "export", "bob", "calendar"],
];

for (const args of nobody) {
  Deno.test(`${args.slice(0, -1).join(" ")}: of somebody who is not there`, async () => {
    await using cli = await temporaryCli();
    await add(cli, "alice");
    const refused = { code: 1, out: "", err: "davit: nobody is called bob\n" };
    assertEquals(await cli.run(args, "secret"), refused);
  });
}

Deno.test("user app-password: shown when it is made, and never again", async () => {
  await using cli = await temporaryCli();
  await add(cli, "alice");
  const made = await cli.run(["user", "app-password", "add", "alice", "--name", "phone"]);
  assertEquals(made.code, 0);
  assertEquals(made.err, 'The app password "phone" of alice, shown this once:\n');
  const secret = made.out.trimEnd();
  assertMatch(secret, /^[2-9a-z]{6}(-[2-9a-z]{6}){3}$/);
  const stored = await inStore(cli, async (store) => {
    const alice = await store.principalNamed("alice");
    return await store.appPasswords(alice?.principal.id ?? 0);
  });
  assertEquals(stored.map(({ label }) => label), ["phone"]);
  assertEquals(stored.map(({ hash }) => isFastHashOf(hash, secret)), [true]);
  const listed = await cli.ok(["user", "app-password", "list", "alice"]);
  assertMatch(listed, /^phone\t\d{4}-\d\d-\d\dT[\d:.]+Z\tnever\n$/);
});

Deno.test("user app-password: a label stands once, and is numbered where none is given", async () => {
  await using cli = await temporaryCli();
  await add(cli, "alice");
  for (const label of [[], ["--name", "phone"], []]) {
    await cli.ok(["user", "app-password", "add", "alice", ...label.slice()]);
  }
  const labels = async () =>
    (await cli.ok(["user", "app-password", "list", "alice"])).split("\n").map((line) =>
      line.split("\t")[0]
    );
  assertEquals(await labels(), ["app password 1", "phone", "app password 2", ""]);
  const again = await cli.run(["user", "app-password", "add", "alice", "--name", "phone"]);
  assertEquals(again, {
    code: 1,
    out: "",
    err: 'davit: alice has an app password "phone" already\n',
  });
  await cli.ok(["user", "app-password", "revoke", "alice", "--name", "phone"]);
  assertEquals(await labels(), ["app password 1", "app password 2", ""]);
  const gone = await cli.run(["user", "app-password", "revoke", "alice", "--name", "phone"]);
  assertEquals([gone.code, gone.err], [1, 'davit: alice has no app password "phone"\n']);
});

Deno.test("user limit: sets bounds, changes them, and takes them away", async () => {
  await using cli = await temporaryCli();
  await add(cli, "alice");
  const bounds = () =>
    inStore(cli, async (store) => {
      const { principal } = await store.principalNamed("alice") ?? {};
      return [principal?.bounds?.quotaBytes, principal?.bounds?.resourceBytes];
    });
  for (
    const [options, expected] of [
      [["--quota", "5000000000", "--resource", "1000000"], [5_000_000_000, 1_000_000]],
      [["--quota", "5 GiB", "--resource", "100MiB"], [5 * 1024 ** 3, 100 * 1024 ** 2]],
      [["--quota", "0"], [0, undefined]],
      [[], [undefined, undefined]],
    ] as const
  ) {
    assertEquals(await cli.run(["user", "limit", "alice", ...options]), {
      code: 0,
      out: "",
      err: "",
    });
    assertEquals(await bounds(), [...expected]);
  }
  for (const wrong of ["1G", "-1", "", "1e3"]) {
    const { code, err } = await cli.run(["user", "limit", "alice", `--quota=${wrong}`]);
    assertEquals(code, 2);
    assertMatch(err, /--quota must be a number of bytes, such as 5000000000 or 5 GiB/);
  }
});
