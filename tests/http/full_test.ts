import { assert, assertEquals, assertMatch } from "@std/assert";
import { pageBytes } from "../../src/store/connection.ts";
import { D } from "../../src/xml/names.ts";
import { event } from "../fixtures/events.ts";
import { type House, openHouse, preconditionOf } from "../harness.ts";
import { large } from "./large.ts";
import { cellsOf } from "./watching.ts";

const calendar = "/dav/calendars/alice/calendar/";
const path = `${calendar}a.ics`;
const MiB = 1024 * 1024;
const diskBytes = 24 * MiB;

const put = (house: House, to: string, body: BodyInit) =>
  house.ask("PUT", to, { headers: { "content-type": "text/calendar" }, body });

const warnings = ({ lines }: House) => lines.filter(({ level }) => level === "warn");

/** A place where the database can't grow beyond this. */
interface Disk extends AsyncDisposable {
  readonly house: House;
  /** Gives it the little room that SQLite needs to get out of a full disk. */
  breathe(): Promise<void>;
}

async function fullDatabase(): Promise<Disk> {
  const house = await openHouse({ maxPages: diskBytes / pageBytes });
  const breathe = () => Promise.resolve();
  return { house, breathe, [Symbol.asyncDispose]: () => house[Symbol.asyncDispose]() };
}

/** A file system of its own, for which one has to be root. */
async function fullDisk(): Promise<Disk> {
  const folder = await Deno.makeTempDir({ prefix: "davit-test-" });
  await run("mount", "-t", "tmpfs", "-o", `size=${diskBytes}`, "tmpfs", folder);
  const house = await openHouse({ inside: folder });
  return {
    house,
    breathe: () => run("mount", "-o", `remount,size=${diskBytes + 4 * MiB}`, folder),
    async [Symbol.asyncDispose]() {
      await house[Symbol.asyncDispose]();
      await run("umount", "--lazy", folder); // libsql closes its files when garbage is collected
      await Deno.remove(folder);
    },
  };
}

async function run(command: string, ...args: readonly string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command(command, { args: [...args] }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
}

const mayMount = Deno.env.get("DAVIT_SOAK") === "1" && Deno.build.os === "linux" &&
  Deno.uid() === 0;

const disks = [
  { name: "a full database", open: fullDatabase, ignore: false },
  { name: "a full disk", open: fullDisk, ignore: !mayMount },
];

for (const { name, open, ignore } of disks) {
  const uploads: Readonly<Record<string, readonly [path: string, body: string]>> = {
    "an event": [path, large(64 * MiB, "a")],
    "a file": ["/dav/files/alice/a.ics", large(64 * MiB, "a")],
  };
  for (const [kind, [to, body]] of Object.entries(uploads)) {
    const says = `${name}: ${kind} is 507, the old one stays, and the space comes back`;
    Deno.test({ name: says, ignore }, async () => {
      await using disk = await open();
      const { house } = disk;
      const before = large(300 * 1024, "a");
      assertEquals((await put(house, to, before)).status, 201);
      for (let round = 0; round < 3; round++) {
        const refused = await put(house, to, body);
        assertEquals([refused.status, await preconditionOf(refused)], [507, D.sufficientDiskSpace]);
        assert(await (await house.ask("GET", to)).text() === before);
        assertEquals(warnings(house).length, round + 1);
        assertMatch(JSON.stringify(warnings(house)), /database or disk is full/);
        assertEquals(await cellsOf(house, "SELECT id FROM blobs WHERE state <> 'kept'"), []);
      }
      assertEquals((await put(house, `${calendar}b.ics`, event({ uid: "b" }))).status, 201);
      await disk.breathe();
      const fits = large(10 * MiB, "a");
      assertEquals((await put(house, to, fits)).status, 204);
      assert(await (await house.ask("GET", to)).text() === fits);
      assertEquals(await cellsOf(house, "PRAGMA integrity_check"), ["ok"]);
    });
  }
}
