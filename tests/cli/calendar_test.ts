import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { calendar, component, event, task, zone } from "../fixtures/events.ts";
import { fileExecutor, openFileStore } from "../../src/store/file.ts";
import { type Cli, davit, quick, temporaryCli } from "./cli.ts";

/** With an account, alice. */
async function withAlice(): Promise<Cli> {
  const cli = await temporaryCli();
  await cli.ok(["user", "add", "alice", "--password-stdin"], "secret");
  return cli;
}

const into = (cli: Cli, text: string, name = "calendar") =>
  cli.run(["calendar", "import", "alice", name, "-"], text);

const outOf = (cli: Cli, name = "calendar") => cli.ok(["calendar", "export", "alice", name]);

/** The stored objects, by UID. */
async function objectsOf(cli: Cli, name = "calendar") {
  const store = await openFileStore(`${cli.folder}/data/davit.db`);
  try {
    const alice = await store.principalNamed("alice");
    const asker = alice?.principal.id ?? 0;
    const segments = [name];
    const place = { kind: "tree", home: "calendar-home", owner: "alice", segments } as const;
    const { chain } = await store.load({ asker, place });
    const id = chain[1]?.id ?? 0;
    const { items } = await store.members(id, { limit: 1000, detail: "columns" });
    const found = new Map<string, { name: string; etag: string; body: unknown }>();
    for await (const page of store.objectsNamed(id, items.map((item) => item.name), "columns")) {
      for (const [, object] of page) {
        const { uid = "", name, etag, body } = object ?? { name: "", etag: "", body: "" };
        found.set(uid, { name, etag, body });
      }
    }
    return found;
  } finally {
    store.close();
  }
}

Deno.test("calendar list: as lines and as JSON", async () => {
  await using cli = await withAlice();
  assertEquals(
    await cli.ok(["calendar", "list", "alice"]),
    "calendar\tCalendar\tVEVENT\ntasks\tTasks\tVTODO\n",
  );
  assertEquals(JSON.parse(await cli.ok(["calendar", "list", "alice", "--json"])), [
    { name: "calendar", displayName: "Calendar", components: ["VEVENT"] },
    { name: "tasks", displayName: "Tasks", components: ["VTODO"] },
  ]);
});

Deno.test("calendar set: what becomes of attachments", async () => {
  await using cli = await withAlice();
  const set = (...args: readonly string[]) => cli.run(["calendar", "set", "alice", ...args]);
  const form = async () => {
    const store = await openFileStore(`${cli.folder}/data/davit.db`);
    const place = { kind: "tree", home: "calendar-home", owner: "alice" } as const;
    const { chain } = await store.load({ asker: 0, place: { ...place, segments: ["calendar"] } });
    store.close();
    return chain[1]?.attachments;
  };
  assertEquals(await form(), "inline");
  for (const value of ["managed", "inline"]) {
    assertEquals((await set("calendar", "--attachments", value)).code, 0);
    assertEquals(await form(), value);
  }
  for (const wrong of [["calendar"], ["calendar", "--attachments", "x"]]) {
    assertEquals((await set(...wrong)).code, 2);
  }
  assertEquals((await set("none", "--attachments", "managed")).code, 1);
  assertEquals(await form(), "inline");
});

Deno.test("calendar import: an object for each UID, its bytes kept", async () => {
  await using cli = await withAlice();
  const texts = new Map(["a", "b"].map((uid) => [uid, event({ uid })]));
  const done = await into(cli, [...texts.values()].join(""));
  assertEquals(done, {
    code: 0,
    out: "imported 2, changed 0, unchanged 0, skipped 0\n",
    err: "",
  });
  const stored = await objectsOf(cli);
  assertEquals(stored.size, 2);
  for (const [uid, text] of texts) assertEquals(stored.get(uid)?.body, text);
});

Deno.test("calendar import: again, and with an event changed, keeps names", async () => {
  await using cli = await withAlice();
  await into(cli, event({ uid: "a" }) + event({ uid: "b" }));
  const before = await objectsOf(cli);
  const same = await into(cli, event({ uid: "a" }) + event({ uid: "b" }));
  assertEquals(same.out, "imported 0, changed 0, unchanged 2, skipped 0\n");
  assertEquals(await objectsOf(cli), before);
  const other = await into(cli, event({ uid: "b", summary: "Moved" }) + event({ uid: "c" }));
  assertEquals(other.out, "imported 1, changed 1, unchanged 0, skipped 0\n");
  const after = await objectsOf(cli);
  assertEquals(after.get("a"), before.get("a"));
  assertEquals(after.get("b")?.name, before.get("b")?.name);
  assert(after.get("b")?.etag !== before.get("b")?.etag);
});

Deno.test("calendar import: an attachment that another server manages is a link", async () => {
  await using cli = await withAlice();
  const attach = (more: string) =>
    event({ uid: "a", lines: [`ATTACH;SIZE=5${more}:https://x.test/a`] });
  await into(cli, attach(";MANAGED-ID=x"));
  assertEquals((await objectsOf(cli)).get("a")?.body, attach(""));
  assertStringIncludes((await into(cli, attach(";MANAGED-ID=x"))).out, "unchanged 1");
});

Deno.test("calendar import: the account's own attachments stay what they are", async () => {
  await using cli = await withAlice();
  await into(cli, event({ uid: "a" }));
  const attachment = {
    id: "own",
    link: "link",
    fileName: "a.txt",
    contentType: "text/plain",
    sizeBytes: 0,
    created: 0,
  };
  const claiming = event({ uid: "b", lines: ["ATTACH;MANAGED-ID=own;SIZE=0:https://x.test/a"] });
  const store = await openFileStore(`${cli.folder}/data/davit.db`);
  const alice = (await store.principalNamed("alice"))?.principal.id ?? 0;
  const place = { kind: "tree", home: "calendar-home", owner: "alice" } as const;
  const { chain: [, calendar] } = await store.load({
    asker: alice,
    place: { ...place, segments: ["calendar"] },
  });
  await store.commit([], [{ kind: "put-attachment", attachment }, {
    kind: "put-object",
    collectionId: calendar?.id ?? 0,
    replaces: false,
    object: {
      name: "b.ics",
      etag: '"b"',
      contentType: "text/calendar; charset=utf-8",
      sizeBytes: 1,
      uid: "b",
      component: "VEVENT",
      participants: [],
      body: "x",
      blobs: [],
      attachments: [attachment],
      modified: 0,
    },
  }]);
  store.close();
  await into(cli, claiming);
  assertEquals((await objectsOf(cli)).get("b")?.body, claiming);
  const after = await openFileStore(`${cli.folder}/data/davit.db`);
  const { attachments } = await after.load({
    asker: alice,
    place: { kind: "attachment", id: "own" },
  });
  assertEquals(attachments.map(({ owners }) => owners), [[alice]]);
  after.close();
});

Deno.test("calendar import: what can't be there is left out with its reason", async () => {
  await using cli = await withAlice();
  const broken = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:x\r\n";
  const bad = calendar(component("VEVENT", ["UID:bad", "DTSTAMP:yesterday"]));
  const { code, out, err } = await into(
    cli,
    event({ uid: "a" }) + task({ uid: "t" }) + bad + broken,
  );
  assertEquals([code, out], [1, "imported 1, changed 0, unchanged 0, skipped 3\n"]);
  assertEquals(err.split("\n"), [
    "davit: skipped line 32: a VEVENT without its end",
    "davit: skipped UID bad: Line 27: DTSTAMP has a wrong date: yesterday.",
    "davit: skipped UID t: this calendar takes VEVENT, not VTODO",
    "davit: standard input: not all of it could be imported",
    "",
  ]);
});

Deno.test("calendar import: reasons that several share are counted", async () => {
  await using cli = await withAlice();
  const tasks = ["t1", "t2", "t3"].map((uid) => task({ uid })).join("");
  const bad = calendar(component("VEVENT", ["UID:bad", "DTSTAMP:yesterday"]));
  const { out, err } = await into(cli, tasks + bad + event({ uid: "a" }));
  assertEquals(out, "imported 1, changed 0, unchanged 0, skipped 4\n");
  assertEquals(err.trimEnd().split("\n").slice(-3), [
    "davit: 3 of 4 skipped: this calendar takes VEVENT, not VTODO",
    "davit: 1 of 4 skipped: Line …: DTSTAMP has a wrong date: yesterday.",
    "davit: standard input: not all of it could be imported",
  ]);
});

Deno.test("calendar import: of very many that are skipped, some are listed", async () => {
  await using cli = await withAlice();
  const tasks = Array.from({ length: 300 }, (_, at) => task({ uid: `t${at}` })).join("");
  const wrong = Array.from(
    { length: 40 },
    (_, at) => event({ uid: `e${at}`, lines: [`RDATE:wrong${at}`, `SEQUENCE:${at}`] }),
  ).join("");
  const different = Array.from(
    { length: 40 },
    (_, at) => event({ uid: `d${at}`, start: `no ${at}` }),
  )
    .join("");
  const { code, out, err } = await into(cli, tasks + wrong + different);
  assertEquals([code, out], [1, "imported 0, changed 0, unchanged 0, skipped 380\n"]);
  const lines = err.trimEnd().split("\n");
  assertEquals(lines.filter((line) => /skipped UID/.test(line)).length, 20);
  assertEquals(lines.slice(20, 23), [
    "davit: skipped 360 more, which are not listed",
    "davit: 300 of 380 skipped: this calendar takes VEVENT, not VTODO",
    "davit: 40 of 380 skipped: Line …: RDATE has a wrong date.",
  ]);
  assertEquals(lines.slice(-2), [
    "davit: 32 of 380 skipped: for other reasons",
    "davit: standard input: not all of it could be imported",
  ]);
});

const endings: readonly { name: string; text: string; code: number; out: string }[] = [
  { name: "all", text: event({ uid: "a" }), code: 0, out: "imported 1, skipped 0" },
  {
    name: "all of the calendar's kind",
    text: task({ uid: "t" }),
    code: 0,
    out: "imported 0, skipped 1",
  },
  { name: "a calendar without objects", text: calendar(), code: 0, out: "imported 0, skipped 0" },
  {
    name: "what is broken left out",
    text: event({ uid: "a" }) + "--",
    code: 1,
    out: "imported 1, skipped 1",
  },
  {
    name: "all broken",
    text: event({ uid: "a", start: null }),
    code: 1,
    out: "imported 0, skipped 1",
  },
  {
    name: "a file that is cut off",
    text: event({ uid: "a" }).replace("END:VCALENDAR\r\n", ""),
    code: 1,
    out: "imported 1, skipped 1",
  },
];

for (const { name, text, code, out } of endings) {
  Deno.test(`calendar import: exit code ${code} for ${name}`, async () => {
    await using cli = await withAlice();
    const done = await into(cli, text);
    const said = done.out.trim().replace(", changed 0, unchanged 0", "");
    assertEquals([done.code, said], [code, out], done.err);
  });
}

Deno.test("calendar import: two exports in one file", async () => {
  await using cli = await withAlice();
  const stamp = (day: number) => `LAST-MODIFIED:202601${day}T000000Z`;
  const first = ["a", "b", "c"].map((uid) => event({ uid, lines: [stamp(10)] }));
  const second = [
    event({ uid: "a", lines: [stamp(10)] }),
    event({ uid: "b", summary: "Newer", lines: [stamp(20)] }),
    event({ uid: "c", summary: "Older", lines: ["LAST-MODIFIED:20251231T000000Z"] }),
  ];
  assertEquals(await into(cli, [...first, ...second].join("")), {
    code: 0,
    out: "imported 3, changed 0, unchanged 0, skipped 0, older versions 2\n",
    err: "",
  });
  const stored = await objectsOf(cli);
  assertEquals(
    ["a", "b", "c"].map((uid) => stored.get(uid)?.body),
    [first[0], second[1], first[2]],
  );
});

Deno.test("calendar import: lines are those of the file", async () => {
  await using cli = await withAlice();
  const value = Array.from({ length: 400 }, () => `\r\n ${"A".repeat(72)}`).join("");
  const large = (uid: string, ...lines: string[]) =>
    event({
      uid,
      zones: [zone("Europe/Vienna")],
      tzid: "Europe/Vienna",
      start: "20260105T090000",
      end: "20260105T100000",
      lines: [`ATTACH;ENCODING=BASE64;VALUE=BINARY:${value}`, ...lines],
    });
  const text = "\r\n" + large("good") + large("rule", "RRULE:FREQ=NEVER") +
    event({ uid: "small", lines: ["X-A:a\r\n  b", "DURATION:x", "no colon"] }) +
    large("value", `ATTACH;ENCODING=BASE64;VALUE=BINARY:${value}\r\n !`) +
    event({ uid: "twice", lines: ["PRIORITY:1", "PRIORITY:2"] });
  const lines = text.split("\r\n");
  const lineOf = (wanted: string) => lines.indexOf(wanted) + 1;
  const { out, err } = await into(cli, text);
  assertEquals(out, "imported 1, changed 0, unchanged 0, skipped 4\n");
  const lastAttach = lines.findLastIndex((line) => line.startsWith("ATTACH")) + 1;
  const lastEvent = lines.lastIndexOf("BEGIN:VEVENT") + 1;
  assertEquals(err.split("\n").slice(0, 4), [
    `davit: skipped UID rule: Line ${lineOf("RRULE:FREQ=NEVER")}: RRULE has a wrong FREQ.`,
    `davit: skipped UID small: Line ${lineOf("no colon")} is no content line.`,
    `davit: skipped UID value: Line ${lastAttach} is no BASE64.`,
    `davit: skipped UID twice: The VEVENT of line ${lastEvent} has PRIORITY twice.`,
  ]);
});

Deno.test("calendar import: what an export is read from stays as it is", async () => {
  await using cli = await withAlice();
  const at = { start: "20260105T090000", end: "20260105T100000" };
  const vienna = zone("Europe/Vienna");
  const text = [
    event({ uid: "a", lines: ["RRULE:FREQ=DAILY;COUNT=3"] }),
    event({ uid: "b" }).replace("VERSION", "X-WR-CALNAME:Mine\r\nVERSION"),
    event({ uid: "c", tzid: "Europe/Vienna", zones: [vienna], ...at }),
    event({ uid: "d", tzid: "Europe/Vienna", ...at }),
    event({
      uid: "e",
      tzid: "Europe/Vienna",
      zones: [vienna.replace("TZNAME:CET", "TZNAME:Vienna")],
      ...at,
    }),
    event({
      uid: "f",
      lines: [
        `ATTACH;ENCODING=BASE64;VALUE=BINARY:${"QUJD".repeat(3000)}`,
        `ATTACH;ENCODING=BASE64;VALUE=BINARY:${"QUJE".repeat(3000)}`,
      ],
    }),
  ].join("").replaceAll("//davit//tests//", "//another//program//");
  assertStringIncludes((await into(cli, text)).out, "imported 6");
  const before = await objectsOf(cli);
  const exported = await outOf(cli);
  const unchanged = "imported 0, changed 0, unchanged 6, skipped 0\n";
  assertEquals((await into(cli, exported)).out, unchanged);
  assertEquals((await into(cli, exported.replaceAll("\r\n", "\n"))).out, unchanged);
  assertEquals(await objectsOf(cli), before);
  const changes = [
    ["SUMMARY:Item b", "SUMMARY:Another"],
    ["QUJE", "QUJF"],
    ["TZOFFSETTO:+0100", "TZOFFSETTO:+0130"],
  ] as const;
  const changed = changes.reduce((now, [from, to]) => now.replace(from, to), exported);
  assertEquals(
    (await into(cli, changed)).out,
    "imported 0, changed 5, unchanged 1, skipped 0\n",
  );
});

const bounded = event({ uid: "a", lines: [`COMMENT:${"x".repeat(20_000)}`] });
const bounds: readonly {
  name: string;
  env?: Record<string, string>;
  own?: string[];
  says: string;
}[] = [
  {
    name: "the setting for one object",
    env: { DAVIT_CALENDAR_OBJECT_BYTES: "10000" },
    says: "It has more than 10000 bytes.",
  },
  {
    name: "the account's for one object",
    own: ["--resource", "9000"],
    says: "It has more than 9000 bytes.",
  },
  {
    name: "the quota of all",
    env: { DAVIT_QUOTA_BYTES: "10000" },
    says: "there is no room left for this",
  },
  {
    name: "the account's quota",
    own: ["--quota", "20000"],
    says: "there is no room left for this",
  },
];

for (const { name, env = {}, own = [], says } of bounds) {
  Deno.test(`calendar import: what is beyond a bound is skipped: ${name}`, async () => {
    await using cli = await withAlice();
    await cli.ok(["user", "limit", "alice", ...own]);
    const args = ["calendar", "import", "alice", "calendar", "-", "--data", `${cli.folder}/data`];
    const small = event({ uid: "b" });
    const { code, out, err } = await davit(args, bounded + small, { ...quick, ...env });
    assertEquals([code, out], [1, "imported 1, changed 0, unchanged 0, skipped 1\n"]);
    assertStringIncludes(err, `davit: skipped UID a: ${says}\n`);
  });
}

Deno.test("calendar import: a quota counts what is stored, what is replaced and what is new", async () => {
  await using cli = await withAlice();
  const sized = (uid: string, size: number) => {
    const empty = event({ uid, lines: ["COMMENT:"] });
    return event({ uid, lines: [`COMMENT:${"x".repeat(size - empty.length)}`] });
  };
  await cli.ok(["user", "limit", "alice", "--quota", "10000"]);
  const outs = [];
  for (
    const objects of [
      [sized("a", 4_000)],
      [sized("b", 4_000), sized("c", 2_001), sized("d", 2_000), sized("e", 400)],
      [sized("a", 4_001)],
      [sized("a", 3_000), sized("b", 5_000), sized("f", 400)],
    ]
  ) {
    const { out, err } = await into(cli, objects.join(""));
    outs.push([out.trim(), ...[...err.matchAll(/UID (.)/g)].map(([, uid]) => uid)].join(" "));
  }
  assertEquals(outs, [
    "imported 1, changed 0, unchanged 0, skipped 0",
    "imported 2, changed 0, unchanged 0, skipped 2 c e",
    "imported 0, changed 0, unchanged 0, skipped 1 a",
    "imported 0, changed 2, unchanged 0, skipped 1 f",
  ]);
});

Deno.test("calendar import: more than one commit holds", async () => {
  await using cli = await withAlice();
  const text = Array.from({ length: 600 }, (_, index) => event({ uid: `u${index}` })).join("");
  assertEquals((await into(cli, text)).out, "imported 600, changed 0, unchanged 0, skipped 0\n");
  assertEquals((await into(cli, text)).out, "imported 0, changed 0, unchanged 600, skipped 0\n");
  assertEquals((await objectsOf(cli)).size, 600);
});

Deno.test("calendar import: an object that is too large for its row comes out as it went in", async () => {
  await using cli = await withAlice();
  const lines = Array.from({ length: 6000 }, (_, index) => `COMMENT:${index} ${"x".repeat(50)}`);
  const large = event({ uid: "large", lines });
  assertEquals((await into(cli, large)).out, "imported 1, changed 0, unchanged 0, skipped 0\n");
  assertEquals((await into(cli, large)).out, "imported 0, changed 0, unchanged 1, skipped 0\n");
  assertStringIncludes(await outOf(cli), lines.join("\r\n"));
  const huge = event({ uid: "huge", lines: [...lines, `COMMENT:${"x".repeat(10 << 20)}`] });
  const { code, err } = await into(cli, huge);
  const reason = "Line 6010 has more than 1048576 bytes of text.";
  assertEquals(code, 1);
  assertStringIncludes(err, `davit: skipped UID huge: ${reason}\n`);
});

Deno.test("calendar import: attachments go into blobs, once, and come out again", async () => {
  await using cli = await withAlice();
  const value = (fill: string) =>
    Array.from({ length: 8_000 }, (_, line) => `\r\n ${String(line).padStart(72, fill)}`).join("");
  const attach = "ATTACH;ENCODING=BASE64;VALUE=BINARY:";
  const lines = [attach + value("A"), attach + value("B"), attach + value("A")];
  const large = event({ uid: "large", lines });
  assertEquals((await into(cli, large)).out, "imported 1, changed 0, unchanged 0, skipped 0\n");
  assertEquals((await into(cli, large)).out, "imported 0, changed 0, unchanged 1, skipped 0\n");
  const changed = large.replace(value("B"), value("C"));
  assertEquals((await into(cli, changed)).out, "imported 0, changed 1, unchanged 0, skipped 0\n");
  assertStringIncludes(await outOf(cli), [lines[0], attach + value("C"), lines[2]].join("\r\n"));
  const database = fileExecutor(`${cli.folder}/data/davit.db`);
  const kept = { sql: "SELECT id FROM blobs WHERE state = 'kept'", args: [] };
  const [rows = []] = await database.read([kept]);
  database.close();
  assertEquals(rows.length, 3); // The one that was replaced is restorable.
});

Deno.test("calendar import: nothing is left of the attachments of what is left out", async () => {
  await using cli = await withAlice();
  const lines = [`ATTACH;ENCODING=BASE64;VALUE=BINARY:${"QUJD".repeat(1_000_000)}`];
  const bad = event({ uid: "bad", lines: [...lines, "DTSTAMP:yesterday"] });
  const { out } = await into(cli, bad + event({ uid: "good", lines }));
  assertEquals(out, "imported 1, changed 0, unchanged 0, skipped 1\n");
  const database = fileExecutor(`${cli.folder}/data/davit.db`);
  const [rows = []] = await database.read([{ sql: "SELECT state FROM blobs", args: [] }]);
  database.close();
  assertEquals(rows.map((row) => row[0]), ["kept"]);
  assertStringIncludes(await outOf(cli), lines[0] ?? "");
});

const refusals = [
  {
    name: "a calendar that is not there",
    args: ["calendar", "import", "alice", "work", "-"],
    input: event({ uid: "a" }),
    says: "alice has no calendar work; there are: calendar, tasks",
  },
  {
    name: "the display name of a calendar",
    args: ["calendar", "export", "alice", "Calendar"],
    says: "alice has no calendar Calendar; there are: calendar, tasks",
  },
  {
    name: "the inbox",
    args: ["calendar", "export", "alice", "inbox"],
    says: "alice has no calendar inbox; there are: calendar, tasks",
  },
  {
    name: "an empty file",
    args: ["calendar", "import", "alice", "calendar", "-"],
    says: "standard input: there is no calendar object in it",
  },
  {
    name: "a file that is not there",
    args: ["calendar", "import", "alice", "calendar", "/nowhere.ics"],
    says: "/nowhere.ics: there is no such file",
  },
];

for (const { name, args, input, says } of refusals) {
  Deno.test(`calendar: ${name} is refused`, async () => {
    await using cli = await withAlice();
    const { code, out, err } = await cli.run(args, input);
    assertEquals([code, out, err], [1, "", `davit: ${says}\n`]);
  });
}

Deno.test("calendar import: what is no calendar at all is refused", async () => {
  await using cli = await withAlice();
  const { code, out, err } = await into(cli, "Dear diary,\n");
  assertEquals([code, out], [1, ""]);
  assert(err.endsWith("davit: standard input: there is no calendar object in it\n"), err);
});

Deno.test("calendar export: one VCALENDAR with each zone once, to standard output or a file", async () => {
  await using cli = await withAlice();
  const zones = [zone("Europe/Vienna")];
  const start = "20260105T090000";
  const vienna = (uid: string) =>
    event({ uid, start, end: "20260105T100000", tzid: "Europe/Vienna", zones });
  await into(cli, vienna("a") + vienna("b"));
  const text = await outOf(cli);
  const count = (line: string) => text.split("\r\n").filter((other) => other === line).length;
  assertEquals(
    ["BEGIN:VCALENDAR", "TZID:Europe/Vienna", "BEGIN:VEVENT", "X-WR-CALNAME:Calendar"].map(count),
    [1, 1, 2, 1],
  );
  const path = `${cli.folder}/alice.ics`;
  assertEquals(await cli.ok(["calendar", "export", "alice", "calendar", "--output", path]), "");
  assertEquals(await Deno.readTextFile(path), text);
});

Deno.test("calendar export: all calendars, or some, into a folder", async () => {
  await using cli = await withAlice();
  await into(cli, event({ uid: "a" }));
  await into(cli, task({ uid: "t" }), "tasks");
  const exportTo = (folder: string, ...calendars: string[]) =>
    cli.run([
      ...["calendar", "export", "alice", ...calendars],
      ...["--output", `${cli.folder}/${folder}`],
    ]);
  const files = async (folder: string) =>
    (await Array.fromAsync(Deno.readDir(`${cli.folder}/${folder}`), ({ name }) => name)).toSorted();
  const all = await exportTo("new/all");
  assertEquals([all.code, all.out], [0, ""]);
  assertStringIncludes(all.err, `davit: Tasks is ${cli.folder}/new/all/tasks.ics\n`);
  assertEquals(await files("new/all"), ["calendar.ics", "tasks.ics"]);
  for (const name of ["calendar", "tasks"]) {
    const text = await Deno.readTextFile(`${cli.folder}/new/all/${name}.ics`);
    assertEquals(text, await outOf(cli, name));
  }
  await exportTo("some/", "tasks");
  assertEquals(await files("some"), ["tasks.ics"]);
  assertEquals((await exportTo("both", "tasks", "calendar")).code, 0);
  assertEquals(await files("both"), ["calendar.ics", "tasks.ics"]);
});

Deno.test("calendar export: a name that a client chose stays in the folder", async () => {
  await using cli = await withAlice();
  const store = await openFileStore(`${cli.folder}/data/davit.db`);
  const alice = await store.principalNamed("alice");
  const ownerId = alice?.principal.id ?? 0;
  const place = { kind: "tree", home: "calendar-home", owner: "alice", segments: [] } as const;
  const { chain: [home] } = await store.load({ asker: ownerId, place });
  for (const [index, name] of ["../up", ".hidden", "100%", "ä b"].entries()) {
    const collection = { id: 1000 + index, parentId: home?.id, ownerId, name, created: 0 };
    const made = { ...collection, kind: "calendar", transparent: false } as const;
    await store.commit([], [{ kind: "make-collection", collection: made }]);
  }
  store.close();
  await cli.ok(["calendar", "export", "alice", "--output", `${cli.folder}/out`]);
  const names = await Array.fromAsync(Deno.readDir(`${cli.folder}/out`), ({ name }) => name);
  const made = ["%2E.%2Fup.ics", "%2Ehidden.ics", "100%25.ics", "ä b.ics"];
  assertEquals(names.toSorted(), ["calendar.ics", "tasks.ics", ...made].toSorted());
});

Deno.test("calendar export: several calendars, and no folder", async () => {
  await using cli = await withAlice();
  const { code, out, err } = await cli.run(["calendar", "export", "alice"]);
  const says = "several calendars go into a folder: name it with --output";
  assertEquals([code, out, err], [2, "", `davit: ${says}\n`]);
});

Deno.test("calendar export: what was there stays where it fails", async () => {
  await using cli = await withAlice();
  await into(cli, event({ uid: "a" }));
  const path = await cli.write("old.ics", "old");
  const { code, err } = await cli.run(["calendar", "export", "alice", "work", "--output", path]);
  assertEquals([code, err.includes("no calendar work")], [1, true]);
  assertEquals(await Deno.readTextFile(path), "old");
  const unwritable = await cli.run([
    ...["calendar", "export", "alice", "calendar"],
    ...["--output", `${cli.folder}/none/a.ics`],
  ]);
  assertEquals(unwritable.code, 1);
  assertMatch(unwritable.err, /^davit: \S+\/none\/a\.ics was not written: .+\n$/);
});

Deno.test("calendar: an export is imported elsewhere without loss", async () => {
  await using cli = await withAlice();
  await cli.ok(["user", "add", "bob", "--password-stdin"], "secret");
  const lines = ["RRULE:FREQ=DAILY;COUNT=3", "X-OWN;P=1:ä€😀"];
  const overrides = [["RECURRENCE-ID:20260106T090000Z", "DTSTART:20260106T120000Z"]];
  await into(cli, event({ uid: "a", lines, overrides }) + event({ uid: "b" }));
  const text = await outOf(cli);
  const done = await cli.run(["calendar", "import", "bob", "calendar", "-"], text);
  assertEquals(done.out, "imported 2, changed 0, unchanged 0, skipped 0\n");
  assertEquals(await cli.ok(["calendar", "export", "bob", "calendar"]).then(sorted), sorted(text));
});

const sorted = (text: string): string[] => text.split("\r\n").toSorted();
