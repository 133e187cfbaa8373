import { assert, assertEquals } from "@std/assert";
import { event, type Item, task, zone } from "../fixtures/events.ts";
import { basic } from "../harness.ts";
import { assertSameBytes, eventWith } from "../runtime/attachments.ts";
import { atSite, inFolder, type Kept, type Side } from "./sides.ts";
import { alice, hosts } from "./sites.ts";
import { hasVdirsyncer, openVdirsyncer } from "./vdirsyncer.ts";

for (const form of hosts) {
  Deno.test({
    name: `vdirsyncer, davit ${form.name}: 200 items and more, both ways`,
    ignore: form.ignore || !hasVdirsyncer,
    async fn(t) {
      await using site = await form.open();
      await using vdirsyncer = await openVdirsyncer(site);
      const here = inFolder(vdirsyncer.path);
      const there = atSite(site);

      await t.step("finds and makes the calendars of both sides", async () => {
        await Deno.mkdir(`${vdirsyncer.path}/büro 2`);
        await vdirsyncer.discover();
        assertEquals(await here.calendars(), ["büro 2", "calendar", "tasks"]);
        assertEquals(await there.calendars(), ["büro 2", "calendar", "tasks"]);
      });

      await t.step("brings the items of each side to the other one", async () => {
        for (const index of Array(50).keys()) {
          for (const [name, side] of Object.entries({ here, there })) {
            await side.put("calendar", `${name}${index}.ics`, eventOf(`${name}-${index}`, index));
            await side.put("tasks", `${name}${index}.ics`, taskOf(`${name}-${index}`, index));
          }
        }
        const said = await vdirsyncer.sync();
        assert(said.includes("Copying"), said);
        assertEquals(await equalSets(here, there), { "büro 2": 0, calendar: 100, tasks: 100 });
      });

      await t.step("has nothing to do then", async () => {
        const said = await vdirsyncer.sync();
        assert(!/Copying|Deleting/.test(said), said);
      });

      await t.step("brings what was edited and deleted on each side to the other one", async () => {
        const edits = [
          { side: here, edited: ["here-1", "there-2"], deleted: ["here-3", "there-4"] },
          { side: there, edited: ["there-1", "here-2"], deleted: ["there-3", "here-4"] },
        ];
        for (const { side, edited, deleted } of edits) {
          await side.put("büro 2", "new.ics", eventOf(`with ${edited}`, 0));
          for (const calendar of ["calendar", "tasks"]) {
            for (const uid of edited) await edit(side, calendar, uid, "Edited");
            for (const uid of deleted) {
              await side.remove(calendar, (await find(side, calendar, uid)).file);
            }
          }
        }
        await vdirsyncer.sync();
        assertEquals(await equalSets(here, there), { "büro 2": 2, calendar: 96, tasks: 96 });
        const texts = [...await there.items("calendar"), ...await here.items("tasks")];
        assertEquals(texts.filter(({ text }) => text.includes("Edited")).length, 8);
      });

      await t.step("takes what is asked for alone: events of a time", async () => {
        const times = { before: 2029, within: 2031, behind: 2036 };
        for (const [uid, when] of Object.entries(times)) {
          const [start, end] = ["01", "02"].map((day) => `${when}06${day}`);
          await there.put("büro 2", `${uid}.ics`, event({ uid, start, end }));
        }
        const endless = event({
          uid: "endless",
          start: "20000101",
          end: "20000102",
          lines: yearly,
        });
        await there.put("büro 2", "endless.ics", endless);
        await using events = await openVdirsyncer(site, [
          `item_types = ["VEVENT"]`,
          `start_date = "datetime(2031, 1, 1)"`,
          `end_date = "datetime(2032, 1, 1)"`,
        ]);
        await events.discover();
        await events.sync();
        const copied = inFolder(events.path);
        const uids = (await copied.items("büro 2"))
          .map(({ text }) => /^UID:(.*?)\r?$/m.exec(text)?.[1]);
        assertEquals(uids.toSorted(), ["endless", "within"]);
        assertEquals(await copied.items("tasks"), []);
        for (const uid of [...Object.keys(times), "endless"]) {
          await there.remove("büro 2", (await find(there, "büro 2", uid)).file);
        }
      });

      await t.step("settles what was edited on both sides", async () => {
        await edit(here, "calendar", "here-10", "By the folder");
        await edit(there, "calendar", "here-10", "By the server");
        await vdirsyncer.sync();
        await equalSets(here, there);
        assert((await find(there, "calendar", "here-10")).text.includes("By the folder"));
      });
    },
  });
}

Deno.test({
  name: "vdirsyncer, davit as executable: events of 64 MB, both ways",
  ignore: !hasVdirsyncer,
  async fn() {
    const [, form] = hosts;
    assert(form);
    await using site = await form.open();
    await using vdirsyncer = await openVdirsyncer(site);
    const resource = `${site.url}/dav/calendars/${alice.name}/calendar/there.ics`;
    const headers = {
      authorization: basic(alice.name, alice.password),
      "content-type": "text/calendar",
    };
    const [ours, theirs] = ["here", "there"].map((uid) =>
      eventWith({ uid, attachmentBytes: 47_000_000 })
    );
    assert(ours && theirs && ours.sizeBytes > 64_000_000);
    const put = { method: "PUT", headers, body: ReadableStream.from(theirs.pieces()) };
    assertEquals((await fetch(resource, put)).status, 201);
    await vdirsyncer.discover();
    const folder = `${vdirsyncer.path}/calendar`;
    await Deno.writeFile(`${folder}/here.ics`, ReadableStream.from(ours.pieces()));
    await vdirsyncer.sync();
    await assertSameBytes((await Deno.open(`${folder}/there.ics`)).readable, theirs);
    const got = await fetch(resource.replace("there", "here"), { headers });
    await assertSameBytes(got.body, ours);
    const said = await vdirsyncer.sync();
    assert(!/Copying|Deleting/.test(said), said);
  },
});

async function find(side: Side, calendar: string, uid: string): Promise<Kept> {
  const found = (await side.items(calendar)).find(({ text }) =>
    /^UID:(.*?)\r?$/m.exec(text)?.[1] === uid
  );
  assert(found, uid);
  return found;
}

async function edit(side: Side, calendar: string, uid: string, title: string): Promise<void> {
  const { file, text } = await find(side, calendar, uid);
  await side.put(calendar, file, text.replace("SUMMARY:Item", `SUMMARY:${title}`));
}

/** How many each calendar holds, the same on both sides. */
async function equalSets(one: Side, other: Side): Promise<Record<string, number>> {
  const texts = async (side: Side, calendar: string) =>
    (await side.items(calendar)).map(({ text }) => text.replaceAll("\r\n", "\n").trim()).toSorted();
  const counts: Record<string, number> = {};
  for (const calendar of await one.calendars()) {
    const held = await texts(one, calendar);
    assertEquals(await texts(other, calendar), held);
    counts[calendar] = held.length;
  }
  return counts;
}

/** Events of several kinds; the first has a UID that no file can be named after. */
const eventOf = (uid: string, index: number): string => event(itemOf(uid, index, eventKinds));
const taskOf = (uid: string, index: number): string => task(itemOf(uid, index, taskKinds));

const itemOf = (uid: string, index: number, kinds: readonly Partial<Item>[]): Item => ({
  uid: index === 0 ? `${uid}/ %41 {ü}` : uid,
  summary: `Item ${index}`,
  ...kinds[index % kinds.length],
});

const yearly = ["RRULE:FREQ=YEARLY"];

const alarm = ["BEGIN:VALARM", "ACTION:DISPLAY", "TRIGGER:-PT5M", "DESCRIPTION:x", "END:VALARM"];

const eventKinds: readonly Partial<Item>[] = [
  {},
  { start: "20260301", end: "20260303" },
  { start: "20260301T090000", end: "20260301T100000", tzid: "Wien", zones: [zone("Wien")] },
  { lines: [`DESCRIPTION:${"Grüße\\, 日本語 ".repeat(20)}`, ...alarm] },
  {
    lines: ["RRULE:FREQ=WEEKLY;COUNT=10", "EXDATE:20260112T090000Z"],
    overrides: [["RECURRENCE-ID:20260119T090000Z", "DTSTART:20260119T110000Z", "SUMMARY:Later"]],
  },
];

const taskKinds: readonly Partial<Item>[] = [
  {},
  { end: null, lines: ["STATUS:COMPLETED", "COMPLETED:20260105T120000Z", "PERCENT-COMPLETE:100"] },
  { lines: ["PRIORITY:1", "CATEGORIES:Haus,Garten", ...alarm] },
  { end: "20260301", start: "20260228", lines: ["RRULE:FREQ=MONTHLY"] },
];
