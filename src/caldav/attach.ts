import { requireService } from "../access/switches.ts";
import { attached, attachmentsIn, decideAttach } from "../calendar/decide_attach.ts";
import { calendarObjectType } from "../calendar/decide_put.ts";
import { managed } from "../calendar/own_attachments.ts";
import { boundsOf, requireQuota, requireSize } from "../calendar/quota.ts";
import { digestsOf } from "../calendar/shared_blobs.ts";
import { transact } from "../calendar/transact.ts";
import { readPrefer } from "../http/prefer.ts";
import type { AttachmentChange } from "../ical/attachments/change.ts";
import { createZones } from "../ical/moment.ts";
import { passageOf, sizeOf } from "../ical/passage.ts";
import { readCalendarObjectInTurns } from "../ical/read.ts";
import { bodyOf } from "../ical/text.ts";
import { zoneOfCalendar } from "../ical/timezone.ts";
import type { Fact } from "../change.ts";
import { Refusal } from "../refusal.ts";
import { C } from "../xml/names.ts";
import { attachmentUrls } from "../dav/attachment_urls.ts";
import type { DavRequest, Door } from "../dav/door.ts";
import { dynamicHeaders } from "../dav/multistatus.ts";
import { open } from "../dav/open.ts";
import { orPresent, representationAnswer, type Represented } from "../dav/representation.ts";
import { isObject } from "../dav/resource.ts";
import { uploading } from "../dav/uploads.ts";
import type { AttachmentAction } from "./attachment_action.ts";
import { type AttachedFile, keepFileToAttach, newAttachment } from "./attached_file.ts";

/**
 * POST of an action on attachments to a calendar object (RFC 8607 §3.4 to §3.6). Before a file is read,
 * it is settled that it may be attached; it is kept as it comes, and then the object is written as a
 * PUT would.
 */
export const attach = (
  request: DavRequest,
  door: Door,
  action: AttachmentAction,
): Promise<Response> =>
  orPresent(request, door, () =>
    uploading(door.services, async (uploads) => {
      const { random, clock } = door.services;
      const step = { request, door, action, etag: random.etag(), at: clock() };
      if (action.kind === "remove") return answer(step, await write(step), undefined);
      const attachment = newAttachment(request.headers, random, step.at);
      const before = await look(step, { attachment });
      const file = await keepFileToAttach(attachment, request.body, uploads, before.room);
      const { uid = "" } = before.existing;
      return answer(step, await door.takeTurn(uid, () => write(step, file)), file);
    }));

interface Step {
  readonly request: DavRequest;
  readonly door: Door;
  readonly action: AttachmentAction;
  /** Of the version that is written. */
  readonly etag: string;
  readonly at: number;
}

/** Loads the object, and makes of it what is asked. */
async function look({ request, door, action, at }: Step, file: AttachedFile | undefined) {
  const { config } = door.services;
  const opened = await open(request, door, {
    body: true,
    used: config.quotaBytes !== undefined,
    digests: digestsOf(file?.upload ? [file.upload] : []),
  });
  const { snapshot, settled } = opened;
  const { attachmentBytes, calendarObjectBytes: mostBytes, quotaBytes: quota } = boundsOf(
    snapshot.owner,
    config,
  );
  if (opened.state !== "mapped" || !isObject(opened.resource)) throw new Refusal(404);
  const { resource: { object: existing, content, href, asker }, parent } = opened;
  if (!content || !parent) throw new Refusal(404);
  requireService("attachments", snapshot.switchedOff, asker);
  const { collection: calendar } = parent;
  const passage = attached(passageOf(content), changeFor(action, request.origin, file), {
    rids: action.rids,
    zones: createZones(zoneOfCalendar(calendar.timezone)),
    at,
    mostBytes,
  });
  const attachments = attachmentsIn(passage, snapshot.attached, file?.attachment);
  const { sameContent, used } = snapshot;
  const before = existing.sizeBytes + existing.attachedBytes;
  const after = attachments.reduce((sum, { sizeBytes }) => sum + sizeBytes, sizeOf(passage));
  const room = (more: number): readonly Fact[] => {
    requireSize(more, attachmentBytes, C.maxAttachmentSize);
    return requireQuota({
      quota,
      ownerId: calendar.ownerId,
      used,
      replaced: before,
      added: after + more,
    });
  };
  return { settled, calendar, existing, href, passage, attachments, sameContent, room };
}

function changeFor(
  action: AttachmentAction,
  origin: string,
  file: AttachedFile | undefined,
): AttachmentChange {
  if (action.kind === "remove") return action;
  if (!file) throw new Error("there is no file to attach");
  const { attachment } = file;
  return { ...action, attachment: managed(attachment, attachmentUrls(origin).of(attachment)) };
}

type Written = Omit<Represented, "contentType">;

const write = (step: Step, file?: AttachedFile): Promise<Written> =>
  transact(
    step.door.services.store.commit,
    async () => {
      const looked = await look(step, file);
      const data = await readCalendarObjectInTurns(bodyOf(looked.passage.octets), step.door.zones);
      return { ...looked, data };
    },
    (before) => {
      const { settled, href, data: { body }, passage } = before;
      const { etag, at } = step;
      const { rests, changes, reply } = decideAttach({ ...before, etag, at, added: file });
      return {
        rests: [...settled, ...rests, ...(file ? before.room(0) : [])],
        changes,
        reply: { ...reply, href, body, blobs: passage.blobs, sizeBytes: sizeOf(passage) },
      };
    },
  );

function answer(
  { request, door, action }: Step,
  written: Written,
  file: AttachedFile | undefined,
): Response {
  const { headers, origin } = request;
  const ofFile: Record<string, string> = file
    ? {
      location: attachmentUrls(origin).of(file.attachment),
      "cal-managed-id": file.attachment.id, // RFC 8607 §5.1
    }
    : {};
  const isNew = action.kind === "add";
  if (!readPrefer(headers).representation) {
    return new Response(null, {
      status: isNew ? 201 : 204,
      headers: { ...dynamicHeaders, etag: written.etag, ...ofFile },
    });
  }
  const { store } = door.services;
  const about = { contentType: calendarObjectType };
  return representationAnswer(isNew ? 201 : 200, request, { ...written, ...about }, store, ofFile);
}
