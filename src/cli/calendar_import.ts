import type { Command } from "commander";
import {
  decideImport,
  type ImportObject,
  type ImportSnapshot,
  type ImportSummary,
} from "../calendar/decide_import.ts";
import { transact } from "../calendar/transact.ts";
import { keepBlob } from "../dav/blob.ts";
import { readCalendarObject } from "../ical/read.ts";
import { splitCalendar } from "../ical/split.ts";
import { limits } from "../limits.ts";
import type { Body, ObjectInfo } from "../model.ts";
import { Refusal } from "../refusal.ts";
import { random } from "../services.ts";
import type { Store } from "../store/store.ts";
import { C } from "../xml/names.ts";
import { calendarNamed, contentOf, membersOf } from "./calendars.ts";
import { configOf, type DatabaseOptions, takesDatabase, withStore } from "./database.ts";
import { CommandError } from "./errors.ts";
import { named, readBytes } from "./input.ts";
import type { Io } from "./io.ts";

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
  const { objects, faults } = await readObjects(await readBytes(path, io));
  const skip = (fault: string) => io.err(`davit: skipped ${fault}\n`);
  faults.forEach(skip);
  if (objects.length === 0) {
    throw new CommandError(`${named(path)}: there is no calendar object in it`);
  }
  const summary = await withStore(config, "refuse", (store) => importAll(store, into, objects));
  for (const { uid, reason } of summary.skipped) skip(`UID ${uid}: ${reason}`);
  const { imported, changed, unchanged } = summary;
  const skipped = faults.length + summary.skipped.length;
  io.out(`imported ${imported}, changed ${changed}, unchanged ${unchanged}, skipped ${skipped}\n`);
}

/** What the file holds, and what of it is no calendar object, with the reason. */
async function readObjects(bytes: Uint8Array) {
  const objects: ImportObject[] = [];
  const faults: string[] = [];
  for await (const item of splitCalendar(bytes)) {
    if ("skipped" in item) {
      faults.push(`line ${item.line}: ${item.skipped}`);
      continue;
    }
    try {
      objects.push(readObject(item.bytes));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      faults.push(`UID ${item.uid}: ${error.message}`);
    }
  }
  return { objects, faults };
}

function readObject(bytes: Uint8Array): ImportObject {
  const sizeBytes = bytes.length;
  if (sizeBytes > limits.calendarObjectBytes) {
    const text = `It has more than ${limits.calendarObjectBytes} bytes.`;
    throw new Refusal(403, C.maxResourceSize, { text });
  }
  const name = `${crypto.randomUUID()}.ics`;
  return { data: readCalendarObject(bytes), sizeBytes, blobs: [], name, etag: random.etag() };
}

async function importAll(
  store: Store,
  into: Into,
  objects: readonly ImportObject[],
): Promise<ImportSummary> {
  let index = await readIndex(store, into);
  const commit: Store["commit"] = async (rests, changes) => {
    const done = await store.commit(rests, changes);
    if (!done) index = await readIndex(store, into);
    return done;
  };
  let total: ImportSummary = { imported: 0, changed: 0, unchanged: 0, skipped: [] };
  for (const batch of batchesOf(objects)) {
    const kept = await Promise.all(batch.map((object) => withBlob(store, object)));
    const summary = await transact(
      commit,
      () => withContents(store, index, batch),
      (before) => decideImport(before, kept, Date.now()),
    );
    total = {
      imported: total.imported + summary.imported,
      changed: total.changed + summary.changed,
      unchanged: total.unchanged + summary.unchanged,
      skipped: [...total.skipped, ...summary.skipped],
    };
  }
  return total;
}

/** Large content goes where a PUT puts it. */
async function withBlob(store: Store, object: ImportObject): Promise<ImportObject> {
  const { data: { body }, sizeBytes } = object;
  if (sizeBytes <= limits.inlineBytes) return object;
  const bytes = typeof body === "string" ? new TextEncoder().encode(body) : body;
  return { ...object, blobs: [await keepBlob(bytes, { store, clock: Date.now, random })] };
}

type Index = Omit<ImportSnapshot, "contents">;

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
  const contents = new Map<string, Body>();
  for await (const [name, object] of store.objectsNamed(index.calendar.id, names)) {
    if (object) contents.set(name, await contentOf(store, object));
  }
  return { ...index, contents };
}

/** What one commit holds: others wait for it. */
function* batchesOf(
  objects: readonly ImportObject[],
): Generator<readonly ImportObject[], void, void> {
  let batch: ImportObject[] = [];
  let bytes = 0;
  for (const object of objects) {
    const full = batch.length >= limits.importObjects ||
      bytes + object.sizeBytes > limits.pageBytes;
    if (full && batch.length > 0) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(object);
    bytes += object.sizeBytes;
  }
  if (batch.length > 0) yield batch;
}
