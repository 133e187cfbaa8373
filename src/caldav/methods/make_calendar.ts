import { decideMake, type MakeRequest } from "../../calendar/decide_make.ts";
import { componentSet } from "../../calendar/components.ts";
import { refuse } from "../../calendar/refuse.ts";
import { transact } from "../../calendar/transact.ts";
import { encodeSegment } from "../../http/path.ts";
import { Refusal } from "../../refusal.ts";
import { C, CS, D, type XmlName } from "../../xml/names.ts";
import { childrenNamed, elementsOf } from "../../xml/tree.ts";
import { readMakeBody } from "../../dav/body.ts";
import type { DavRequest, Door, Method } from "../../dav/door.ts";
import { carryOut, settingsIn } from "../../dav/instructions.ts";
import { open, type Unmapped } from "../../dav/open.ts";
import { makeAnswer, type MakeRefusal, mkcolRefusal } from "../../dav/make_answer.ts";
import { multistatus, propstatResponse } from "../../dav/multistatus.ts";
import { collectionKinds } from "../../dav/resource.ts";
import type { Setting } from "../../dav/properties.ts";

/** MKCALENDAR (RFC 4791 §5.3.1), with or without a body. */
export const mkcalendar: Method = {
  name: "MKCALENDAR",
  home: "calendar-home",
  on: [],
  creates: collectionKinds,
  occupied: refuse.resourceMustBeNull,
  handle: (request, door) =>
    make(request, door, {
      root: C.mkcalendar,
      // CALDAV:mkcalendar-response is for success (RFC 4791 §9.3).
      refusal: (href) => (propstats) => multistatus([propstatResponse(href, propstats)]),
    }),
};

/**
 * MKCOL in a calendar home: a plain collection (RFC 4918 §9.3), or as MKCALENDAR where it is extended
 * and says that it shall be a calendar (RFC 5689).
 */
export const mkcol: Method = {
  name: "MKCOL",
  home: "calendar-home",
  on: [],
  creates: collectionKinds,
  handle: (request, door) => make(request, door, { root: D.mkcol, refusal: () => mkcolRefusal }),
};

interface Form {
  readonly root: XmlName;
  /** The answer where a property is refused of what should have been made here. */
  readonly refusal: (href: string) => MakeRefusal;
}

async function make(request: DavRequest, door: Door, { root, refusal }: Form): Promise<Response> {
  const settings = settingsIn(await readMakeBody(request, root));
  const kind = kindOf(settings, root);
  const components = componentsIn(kind === "files" ? [] : settings);
  const made = new Map([
    [D.resourcetype, undefined],
    [C.supportedCalendarComponentSet, components instanceof Refusal ? components : undefined],
  ]);
  const { store, clock, random } = door.services;
  const id = random.id();
  const at = clock();
  const { outcome, href } = await transact(
    store.commit,
    async () => await open(request, door) as Unmapped,
    ({ parent, name, settled }) => {
      const taken = components instanceof Refusal ? undefined : components;
      const decision = decideMake(parent.collection, { kind, name, components: taken, id, at });
      const target = {
        kind,
        holder: { kind: "collection", id },
        asker: parent.asker.id,
        at,
      } as const;
      const outcome = carryOut(settings, target, door, made);
      const changes = outcome.refused ? [] : [...decision.changes, ...outcome.changes];
      const href = `${parent.href}${encodeSegment(name)}/`;
      return { rests: [...settled, ...decision.rests], changes, reply: { outcome, href } };
    },
  );
  return makeAnswer(outcome, request, refusal(href));
}

/** @throws {Refusal} 403 DAV:valid-resourcetype: what is asked for does not stand in a home. */
function kindOf(settings: readonly Setting[], root: XmlName): MakeRequest["kind"] {
  const asked = settings.find(({ name }) => name === D.resourcetype)?.value;
  const types = asked ? elementsOf(asked).map(({ name }) => name) : [];
  if (types.includes(CS.subscribed)) return "subscription";
  if (types.includes(C.calendar) || (root === C.mkcalendar && types.length === 0)) {
    return "calendar";
  }
  if (root === D.mkcol && types.every((type) => type === D.collection)) return "files";
  throw new Refusal(403, D.validResourcetype, {
    text: "calendars, calendar subscriptions and plain collections stand in a calendar home",
  });
}

/** What a calendar shall take, or why there is no such calendar. */
function componentsIn(settings: readonly Setting[]): readonly string[] | Refusal {
  const set = settings.find(({ name }) => name === C.supportedCalendarComponentSet)?.value;
  const names = set
    ? childrenNamed(set, C.comp).flatMap(({ attributes: { name } }) => name ?? [])
    : [];
  try {
    return componentSet(names);
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
}
