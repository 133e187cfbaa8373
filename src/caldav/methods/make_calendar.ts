import { decideMake } from "../../calendar/decide_make.ts";
import { refuse } from "../../calendar/refuse.ts";
import { transact } from "../../calendar/transact.ts";
import { readPrefer } from "../../http/prefer.ts";
import { Refusal } from "../../refusal.ts";
import { C, CS, D, type XmlName } from "../../xml/names.ts";
import { childrenNamed, elementsOf } from "../../xml/tree.ts";
import { readXmlBody } from "../../dav/body.ts";
import type { DavRequest, Door, Method } from "../../dav/door.ts";
import { carryOut, type Outcome, settingsIn } from "../../dav/instructions.ts";
import { open, type Unmapped } from "../../dav/open.ts";
import { dynamicHeaders, propstatsXml, xmlHeaders } from "../../dav/multistatus.ts";
import { collectionKinds } from "../../dav/resource.ts";
import type { Setting } from "../../dav/properties.ts";
import { rootNamespaces } from "../../xml/write.ts";

/** MKCALENDAR (RFC 4791 §5.3.1), with or without a body. */
export const mkcalendar: Method = {
  name: "MKCALENDAR",
  home: "calendar-home",
  on: [],
  creates: collectionKinds,
  occupied: refuse.resourceMustBeNull,
  handle: (request, door) =>
    make(request, door, { root: C.mkcalendar, answer: "C:mkcalendar-response" }),
};

/** Extended MKCOL (RFC 5689): as MKCALENDAR, where it says that it shall be a calendar. */
export const mkcol: Method = {
  name: "MKCOL",
  home: "calendar-home",
  on: [],
  creates: collectionKinds,
  handle: (request, door) => make(request, door, { root: D.mkcol, answer: "D:mkcol-response" }),
};

interface Form {
  readonly root: XmlName;
  /** Element of the answer that tells what is refused. */
  readonly answer: string;
}

async function make(request: DavRequest, door: Door, { root, answer }: Form): Promise<Response> {
  const body = await readXmlBody(request);
  if (body && body.name !== root) {
    throw new Refusal(415, undefined, { text: `the body must be ${root}` });
  }
  const all = settingsIn(body);
  const kind = kindOf(all, root);
  const settings = all.filter(({ name }) => !made.includes(name));
  const { store, clock, random } = door.services;
  const id = random.id();
  const at = clock();
  const outcome = await transact(
    store.commit,
    async () => await open(request, door) as Unmapped,
    ({ parent, name, access }) => {
      let outcome: Outcome | undefined;
      const decision = decideMake(
        parent.collection,
        { kind, name, components: componentsIn(all), id, at },
        () => {
          const holder = { kind: "collection", id } as const;
          outcome = carryOut(settings, { kind, holder, asker: parent.asker.id, at }, door);
          return outcome.changes;
        },
      );
      const changes = outcome?.refused ? [] : decision.changes;
      return { rests: [access, ...decision.rests], changes, reply: outcome };
    },
  );
  if (outcome?.refused) return refused(outcome, answer);
  const applied: Record<string, string> = readPrefer(request.headers).minimal
    ? { "preference-applied": "return=minimal" }
    : {};
  return new Response(null, {
    status: 201,
    headers: { ...dynamicHeaders, "cache-control": "no-cache, no-transform", ...applied },
  });
}

/** Properties that say what is made, and are no instructions for what has been made. */
const made: readonly XmlName[] = [D.resourcetype, C.supportedCalendarComponentSet];

/** @throws {Refusal} 403 DAV:valid-resourcetype: what is asked for does not stand in a home. */
function kindOf(settings: readonly Setting[], root: XmlName): "calendar" | "subscription" {
  const asked = settings.find(({ name }) => name === D.resourcetype)?.value;
  const types = asked ? elementsOf(asked).map(({ name }) => name) : [];
  if (types.includes(CS.subscribed)) return "subscription";
  if (types.includes(C.calendar) || (root === C.mkcalendar && types.length === 0)) {
    return "calendar";
  }
  throw new Refusal(403, D.validResourcetype, {
    text: "only calendars and calendar subscriptions stand in a calendar home",
  });
}

function componentsIn(settings: readonly Setting[]): string[] | undefined {
  const set = settings.find(({ name }) => name === C.supportedCalendarComponentSet)?.value;
  return set
    ? childrenNamed(set, C.comp).flatMap(({ attributes: { name } }) => name ?? [])
    : undefined;
}

/** RFC 5689 §5.1, and RFC 4791 §5.3.1.2 as clients know it: which property it failed for. */
function refused({ propstats }: Outcome, answer: string): Response {
  const text = `<?xml version="1.0" encoding="utf-8"?>\n<${answer} ${rootNamespaces}>${
    propstatsXml(propstats)
  }</${answer}>`;
  return new Response(text, { status: 403, headers: xmlHeaders });
}
