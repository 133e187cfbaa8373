import {
  decideImport,
  type ImportObject,
  type ImportSnapshot,
  type ImportSummary,
} from "../calendar/decide_import.ts";
import type { ExistingObject } from "../calendar/decide_put.ts";
import { digestsOf } from "../calendar/shared_blobs.ts";
import { transact } from "../calendar/transact.ts";
import { claimsOf, idsOf } from "../dav/claimed.ts";
import { inRow, keepObject, type KeptContent } from "../dav/kept_content.ts";
import { uploading, type Uploads } from "../dav/uploads.ts";
import { ByteQueue } from "../http/byte_queue.ts";
import { createZones, type Zones } from "../ical/moment.ts";
import { readCalendarObject } from "../ical/read.ts";
import type { SplitItem, SplitObject } from "../ical/split/split.ts";
import { utcZone } from "../ical/zone.ts";
import { limits } from "../limits.ts";
import type { StoredObject } from "../model.ts";
import { Refusal } from "../refusal.ts";
import { random } from "../services.ts";
import type { Store } from "../store/store.ts";
import { C } from "../xml/names.ts";
import { calendarNamed, membersOf } from "./calendars.ts";

/** The calendar into which something is imported. */
export interface Into {
  readonly name: string;
  readonly calendar: string;
}

/** What is left out. */
export interface Skipped {
  /** The line, or the UID. */
  readonly what: string;
  readonly reason: string;
}

/** Who is told how far it is. */
interface Told {
  readonly skip: (skipped: Skipped) => void;
  /** So many items are done. */
  readonly at: (done: number) => void;
}

/** Batch by batch. `read`: those that are calendar objects, whatever became of them. */
export async function importAll(
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
    return [await reading.uploads.attempt(() => objectOf(item, reading))];
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
async function objectOf(item: SplitObject, { uploads, zones }: Reading): Promise<ImportObject> {
  checkSize(item.sizeBytes);
  const { body, blobs, sizeBytes } = await keepSplit(item, uploads);
  const name = `${crypto.randomUUID()}.ics`;
  const data = readCalendarObject(body, limits, zones);
  const claims = claimsOf(data.body, () => undefined);
  return { data, sizeBytes, blobs, claims, name, etag: random.etag() };
}

/** All in its row where that is small, as for a PUT. */
async function keepSplit(item: SplitObject, uploads: Uploads): Promise<KeptContent> {
  const octets = item.octets();
  const first = new ByteQueue();
  for (;;) {
    const { done, value } = await octets.next();
    if (done) return inRow(first.take(first.sizeBytes));
    first.put(value.slice());
    if (first.sizeBytes > limits.inlineBytes) break;
  }
  return await keepObject(
    async function* () {
      yield first.take(first.sizeBytes);
      yield* octets;
    }(),
    uploads,
    checkSize,
  );
}

function checkSize(sizeBytes: number): void {
  if (sizeBytes <= limits.calendarObjectBytes) return;
  const text = `It has more than ${limits.calendarObjectBytes} bytes.`;
  throw new Refusal(403, C.maxResourceSize, { text });
}

type Index = Pick<ImportSnapshot, "calendar" | "byUid">;

async function readIndex(store: Store, { name, calendar: path }: Into): Promise<Index> {
  const calendar = await calendarNamed(store, name, path);
  const byUid = new Map<string, ExistingObject>();
  for await (const { uid, name, etag } of membersOf(store, calendar)) {
    if (uid !== undefined) byUid.set(uid, { uid, name, etag });
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
  for await (const page of store.objectsNamed(index.calendar.id, names, "columns")) {
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
    const sizeBytes = "uid" in item ? item.sizeBytes : 0;
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
