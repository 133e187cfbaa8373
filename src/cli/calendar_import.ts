import type { Command } from "commander";
import {
  decideImport,
  type ImportObject,
  type ImportSnapshot,
  type ImportSummary,
} from "../calendar/decide_import.ts";
import { transact } from "../calendar/transact.ts";
import { digestsOf } from "../calendar/shared_blobs.ts";
import { claimsOf, idsOf } from "../dav/claimed.ts";
import { keepObject } from "../dav/kept_content.ts";
import { uploading, type Uploads } from "../dav/uploads.ts";
import { createZones, type Zones } from "../ical/moment.ts";
import { readCalendarObject } from "../ical/read.ts";
import { splitCalendar, type SplitItem } from "../ical/split.ts";
import { utcZone } from "../ical/zone.ts";
import { limits } from "../limits.ts";
import type { ObjectInfo, StoredObject } from "../model.ts";
import { Refusal } from "../refusal.ts";
import { random } from "../services.ts";
import type { Store } from "../store/store.ts";
import { C } from "../xml/names.ts";
import { calendarNamed, membersOf } from "./calendars.ts";
import { configOf, type DatabaseOptions, takesDatabase, withStore } from "./database.ts";
import { CommandError } from "./errors.ts";
import { named, readBytes } from "./input.ts";
import type { Io } from "./io.ts";
import { progressOn } from "./progress.ts";

/** `davit calendar import`. */
export function addCalendarImport(calendar: Command, io: Io): void {
  takesDatabase(calendar.command("import"))
    .description("put the objects of an iCalendar file into a calendar; nobody is told")
    .argument("<name>", "whose")
    .argument("<calendar>", "its name in URLs")
    .argument("<file>", "- for standard input")
    .action((name: string, calendar: string, file: string, options: DatabaseOptions) =>
      importFile(file, { name, calendar }, options, io)
    );
}

interface Into {
  readonly name: string;
  readonly calendar: string;
}

async function importFile(
  path: string,
  into: Into,
  options: DatabaseOptions,
  io: Io,
): Promise<void> {
  const config = await configOf(options, io);
  const items = await Array.fromAsync(splitCalendar(await readBytes(path, io)));
  const progress = progressOn(io, items.length, "objects");
  const skipped: Skipped[] = [];
  const skip = (one: Skipped) => {
    skipped.push(one);
    progress.say(`davit: skipped ${one.what}: ${one.reason}`);
  };
  const { imported, changed, unchanged, read } = await withStore(
    config,
    "refuse",
    (store) => importAll(store, into, items, { skip, at: progress.at }),
  ).finally(progress.end);
  if (read === 0) throw new CommandError(`${named(path)}: there is no calendar object in it`);
  summaryOf(skipped).forEach(io.err);
  const left = skipped.length;
  io.out(`imported ${imported}, changed ${changed}, unchanged ${unchanged}, skipped ${left}\n`);
}

/** What of the file is left out. */
interface Skipped {
  /** The line, or the UID. */
  readonly what: string;
  readonly reason: string;
}

/** The reasons by how often there was each, where more than one shares one. */
function summaryOf(skipped: readonly Skipped[]): string[] {
  const byReason = Object.entries(Object.groupBy(skipped, ({ reason }) => reason))
    .map(([reason, those = []]) => ({ reason, count: those.length }))
    .toSorted((a, b) => b.count - a.count);
  if (byReason.length === skipped.length) return [];
  return byReason.map(({ reason, count }) => `davit: skipped in all ${count}: ${reason}\n`);
}

/** The object, or none, and why. */
async function readObject(
  item: SplitItem,
  skip: Told["skip"],
  reading: Reading,
): Promise<ImportObject[]> {
  if ("skipped" in item) {
    skip({ what: `line ${item.line}`, reason: item.skipped });
    return [];
  }
  try {
    return [await objectOf(item.bytes, reading)];
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    skip({ what: `UID ${item.uid}`, reason: error.message });
    return [];
  }
}

/** What is at hand while objects are read. */
interface Reading {
  readonly uploads: Uploads;
  readonly zones: Zones;
}

/** Large values go where a PUT puts them. */
async function objectOf(
  bytes: Uint8Array,
  { uploads, zones }: Reading,
): Promise<ImportObject> {
  const sizeBytes = bytes.length;
  if (sizeBytes > limits.calendarObjectBytes) {
    const text = `It has more than ${limits.calendarObjectBytes} bytes.`;
    throw new Refusal(403, C.maxResourceSize, { text });
  }
  const { body, blobs } = sizeBytes <= limits.inlineBytes
    ? { body: bytes, blobs: [] }
    : await keepObject(ReadableStream.from([bytes]), uploads, () => {});
  const name = `${crypto.randomUUID()}.ics`;
  const data = readCalendarObject(body, limits, zones);
  const claims = claimsOf(data.body, () => undefined);
  return { data, sizeBytes, blobs, claims, name, etag: random.etag() };
}

interface Told {
  readonly skip: (skipped: Skipped) => void;
  /** So many items are done. */
  readonly at: (done: number) => void;
}

/** Batch by batch. `read`: those that are calendar objects, whatever became of them. */
async function importAll(
  store: Store,
  into: Into,
  items: readonly SplitItem[],
  { skip, at }: Told,
): Promise<Omit<ImportSummary, "skipped"> & { readonly read: number }> {
  const services = { store, clock: Date.now, random };
  const zones = createZones(utcZone);
  let index = await readIndex(store, into);
  const commit: Store["commit"] = async (rests, changes) => {
    const done = await store.commit(rests, changes);
    if (!done) index = await readIndex(store, into);
    return done;
  };
  let total = { imported: 0, changed: 0, unchanged: 0, read: 0 };
  let done = 0;
  for (const batch of batchesOf(items)) {
    const { objects, summary } = await uploading(services, async (uploads) => {
      const objects: ImportObject[] = [];
      for (const item of batch) {
        objects.push(...await readObject(item, skip, { uploads, zones }));
      }
      const summary = await transact(
        commit,
        () => withContents(store, index, objects),
        (before) => decideImport(before, objects, Date.now()),
      );
      return { objects, summary };
    });
    for (const { uid, reason } of summary.skipped) skip({ what: `UID ${uid}`, reason });
    total = {
      imported: total.imported + summary.imported,
      changed: total.changed + summary.changed,
      unchanged: total.unchanged + summary.unchanged,
      read: total.read + objects.length,
    };
    done += batch.length;
    at(done);
  }
  return total;
}

type Index = Pick<ImportSnapshot, "calendar" | "byUid">;

async function readIndex(store: Store, { name, calendar: path }: Into): Promise<Index> {
  const calendar = await calendarNamed(store, name, path);
  const byUid = new Map<string, ObjectInfo>();
  for await (const object of membersOf(store, calendar)) {
    if (object.uid !== undefined) byUid.set(object.uid, object);
  }
  return { calendar, byUid };
}

async function withContents(
  store: Store,
  index: Index,
  batch: readonly ImportObject[],
): Promise<ImportSnapshot> {
  const names = batch.flatMap(({ data }) => index.byUid.get(data.uid)?.name ?? []);
  const contents = new Map<string, StoredObject>();
  for await (const page of store.objectsNamed(index.calendar.id, names)) {
    for (const [name, object] of page) if (object) contents.set(name, object);
  }
  const digests = digestsOf(batch.flatMap(({ blobs }) => blobs));
  const ids = idsOf(batch.flatMap(({ claims }) => claims));
  const asker = index.calendar.ownerId;
  const { sameContent, attachments } = await store.load({
    asker,
    place: { kind: "fixed" },
    digests,
    attachments: ids,
  });
  return { ...index, contents, sameContent, attachments };
}

/** What one commit holds: others wait for it. */
function* batchesOf(items: readonly SplitItem[]): Generator<readonly SplitItem[], void, void> {
  let batch: SplitItem[] = [];
  let bytes = 0;
  for (const item of items) {
    const sizeBytes = "bytes" in item ? item.bytes.length : 0;
    const full = batch.length >= limits.importObjects || bytes + sizeBytes > limits.pageBytes;
    if (full && batch.length > 0) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(item);
    bytes += sizeBytes;
  }
  if (batch.length > 0) yield batch;
}
