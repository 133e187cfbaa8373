import {
  decideImport,
  type ImportObject,
  type ImportSnapshot,
  type ImportSummary,
} from "../calendar/decide_import.ts";
import type { ExistingObject } from "../calendar/decide_put.ts";
import { digestsOf } from "../calendar/shared_blobs.ts";
import { boundsOf, Room } from "../calendar/quota.ts";
import { transact } from "../calendar/transact.ts";
import { claimsOf, idsOf } from "../dav/claimed.ts";
import { inRow, keepObject, type KeptContent } from "../dav/kept_content.ts";
import { uploading, type Uploads } from "../dav/uploads.ts";
import { ByteQueue } from "../http/byte_queue.ts";
import { createZones, type Zones } from "../ical/moment.ts";
import { readCalendarObject } from "../ical/read.ts";
import { inStream } from "../ical/split/in_stream.ts";
import type { SplitObject } from "../ical/split/object.ts";
import type { SplitItem } from "../ical/split/split.ts";
import { utcZone } from "../ical/zone.ts";
import { limits } from "../limits.ts";
import type { Config } from "../config.ts";
import type { Body, StoredObject } from "../model.ts";
import { Refusal } from "../refusal.ts";
import { random } from "../services.ts";
import type { Store } from "../store/store.ts";
import { C } from "../xml/names.ts";
import { calendarNamed, membersOf } from "./calendars.ts";
import { principalNamed } from "./people.ts";

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
  /** It is fine, and of a kind that this calendar does not take. */
  readonly isOtherKind: boolean;
}

/** What holds for everybody. */
type Bounds = Pick<
  Config,
  "quotaBytes" | "calendarObjectBytes" | "attachmentBytes" | "fileBytes"
>;

/** Who is told how far it is. */
interface Told {
  readonly skip: (skipped: Skipped) => void;
  /** So many items are done. */
  readonly at: (done: number) => void;
}

/** Batch by batch, within the bounds of a PUT. */
export async function importAll(
  store: Store,
  into: Into,
  items: readonly SplitItem[],
  config: Bounds,
  { skip, at }: Told,
): Promise<Omit<ImportSummary, "skipped">> {
  const services = { store, clock: Date.now, random };
  const zones = createZones(utcZone);
  let index = await readIndex(store, into, config);
  const commit: Store["commit"] = async (rests, changes) => {
    const done = await store.commit(rests, changes);
    if (!done) index = await readIndex(store, into, config);
    return done;
  };
  let total = { imported: 0, changed: 0, unchanged: 0 };
  let done = 0;
  for (const batch of batchesOf(items)) {
    const summary = await uploading(services, async (uploads) => {
      const objects: ImportObject[] = [];
      for (const item of batch) {
        objects.push(...await readObject(item, skip, { uploads, zones, index }));
      }
      return await transact(
        commit,
        () => withContents(store, index, objects, config),
        (before) => decideImport(before, objects, Date.now()),
      );
    });
    for (const { uid, refusal } of summary.skipped) {
      const isOtherKind = refusal.precondition === C.supportedCalendarComponent;
      skip({ what: `UID ${uid}`, reason: refusal.message, isOtherKind });
    }
    total = {
      imported: total.imported + summary.imported,
      changed: total.changed + summary.changed,
      unchanged: total.unchanged + summary.unchanged,
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
    skip({ what: `line ${item.line}`, reason: item.skipped, isOtherKind: false });
    return [];
  }
  let skeleton: Body | undefined;
  try {
    const object = await reading.uploads.attempt(async () => {
      const kept = await keepSplit(item, reading);
      skeleton = kept.body;
      return objectOf(kept, reading);
    });
    return [object];
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const reason = await inStream(error.message, item, skeleton);
    skip({ what: `UID ${item.uid}`, reason, isOtherKind: false });
    return [];
  }
}

/** What is at hand while objects are read. */
interface Reading {
  readonly uploads: Uploads;
  readonly zones: Zones;
  readonly index: Index;
}

function objectOf({ body, blobs, sizeBytes }: KeptContent, { zones }: Reading): ImportObject {
  const name = `${crypto.randomUUID()}.ics`;
  const data = readCalendarObject(body, limits, zones);
  const claims = claimsOf(data.body, () => undefined);
  return { data, sizeBytes, blobs, claims, name, etag: random.etag() };
}

/** All in its row where that is small, as for a PUT; large values go where a PUT puts them. */
async function keepSplit(item: SplitObject, reading: Reading): Promise<KeptContent> {
  const check = (sizeBytes: number) => checkSize(sizeBytes, reading);
  check(item.sizeBytes);
  const octets = item.octets();
  const first = new ByteQueue();
  for (;;) {
    const { done, value } = await octets.next();
    if (done) {
      check(first.sizeBytes);
      return inRow(first.take(first.sizeBytes));
    }
    first.put(value.slice());
    if (first.sizeBytes > limits.inlineBytes) break;
  }
  return await keepObject(
    async function* () {
      yield first.take(first.sizeBytes);
      yield* octets;
    }(),
    reading.uploads,
    check,
  );
}

/** What is larger than all that there may be has no room whatever it replaces. */
function checkSize(sizeBytes: number, { index: { mostBytes, quota, calendar } }: Reading): void {
  if (sizeBytes > mostBytes) {
    const text = `It has more than ${mostBytes} bytes.`;
    throw new Refusal(413, C.maxResourceSize, { text });
  }
  new Room({ quota, used: 0, ownerId: calendar.ownerId }).take(sizeBytes);
}

interface Index extends Pick<ImportSnapshot, "calendar" | "byUid" | "quota"> {
  readonly owner: string;
  /** Of one object. */
  readonly mostBytes: number;
}

async function readIndex(store: Store, into: Into, config: Bounds): Promise<Index> {
  const { principal } = await principalNamed(store, into.name);
  const calendar = await calendarNamed(store, principal.name, into.calendar);
  const byUid = new Map<string, ExistingObject>();
  for await (const { uid, name, etag } of membersOf(store, calendar)) {
    if (uid !== undefined) byUid.set(uid, { uid, name, etag });
  }
  const { calendarObjectBytes: mostBytes, quotaBytes: quota } = boundsOf(principal, config);
  return { calendar, byUid, owner: principal.name, mostBytes, quota };
}

async function withContents(
  store: Store,
  index: Index,
  batch: readonly ImportObject[],
  config: Bounds,
): Promise<ImportSnapshot> {
  const names = batch.flatMap(({ data }) => index.byUid.get(data.uid)?.name ?? []);
  const contents = new Map<string, StoredObject>();
  for await (const page of store.objectsNamed(index.calendar.id, names, "columns")) {
    for (const [name, object] of page) if (object) contents.set(name, object);
  }
  const segments = [index.calendar.name];
  const { sameContent: sameBlobs, attachments, owner, used } = await store.load({
    asker: index.calendar.ownerId,
    place: { kind: "tree", home: "calendar-home", owner: index.owner, segments },
    used: index.quota !== undefined,
    digests: digestsOf(batch.flatMap(({ blobs }) => blobs)),
    attachments: idsOf(batch.flatMap(({ claims }) => claims)),
  });
  const { quotaBytes: quota } = boundsOf(owner, config);
  return { ...index, contents, sameBlobs, attachments, quota, used };
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
