import { assertEquals } from "@std/assert";
import { type Cli, temporaryCli } from "./cli.ts";

async function withPeople(...names: readonly string[]): Promise<Cli> {
  const cli = await temporaryCli();
  for (const name of names) await cli.ok(["user", "add", name, "--password-stdin"], "secret");
  return cli;
}

Deno.test("service: what is off, and for whom, with list or without", async () => {
  await using cli = await withPeople("alice", "bob");
  const all = "caldav on\nfiles on\nattachments on\n";
  assertEquals(await cli.ok(["service"]), all);
  await cli.ok(["service", "caldav", "off"]);
  await cli.ok(["service", "files", "off", "--user", "alice"]);
  await cli.ok(["service", "files", "off", "--user", "bob"]);
  const some = "caldav off\nfiles on, off for alice, bob\nattachments on\n";
  assertEquals(await cli.ok(["service", "list"]), some);
});

Deno.test("service … on: says for whom it is still off", async () => {
  await using cli = await withPeople("alice", "bob", "carol");
  const says = async (...args: readonly string[]) => {
    const { code, out, err } = await cli.run(["service", ...args]);
    assertEquals([code, out], [0, ""]);
    return err;
  };
  for (const name of ["alice", "bob"]) {
    assertEquals(await says("caldav", "off", "--user", name), "");
    assertEquals(await says("files", "off", "--user", name), "");
  }
  assertEquals(await says("caldav", "off"), "");
  assertEquals(
    await says("caldav", "on", "--user", "alice"),
    "davit: caldav is still off for everybody\n",
  );
  assertEquals(await says("caldav", "on"), "davit: caldav is still off for bob\n");
  assertEquals(await says("caldav", "on", "--user", "bob"), "");
  assertEquals(await says("caldav", "on"), "");
});

const wrong = [
  { args: ["foo", "on"], says: "there is no service foo; there are: caldav, files, attachments" },
  { args: ["foo"], says: "there is no service foo; there are: caldav, files, attachments" },
  { args: ["caldav", "maybe"], says: "turn caldav on or off?" },
  { args: ["caldav"], says: "turn caldav on or off?" },
  {
    args: ["list", "on"],
    says: "list takes no more; say which service: caldav, files, attachments",
  },
  {
    args: ["--user", "alice"],
    says: "list takes no more; say which service: caldav, files, attachments",
  },
];

for (const { args, says } of wrong) {
  Deno.test(`service ${args.join(" ")}: ${says}`, async () => {
    await using cli = await withPeople("alice");
    assertEquals(await cli.run(["service", ...args]), {
      code: 2,
      out: "",
      err: `davit: ${says}\n`,
    });
  });
}
