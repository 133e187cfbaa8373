import { assert, assertEquals } from "@std/assert";
import {
  createDAVClient,
  type DAVCalendar,
  type DAVObject,
  freeBusyQuery,
  getBasicAuthHeaders,
} from "tsdav";
import { event, task } from "../fixtures/events.ts";
import { alice, hosts, type Site, type SiteForm, workerd } from "./sites.ts";

/** tsdav, as a program on a device of alice. */
type Device = Awaited<ReturnType<typeof deviceAt>>;

const deviceAt = ({ url }: Site) =>
  createDAVClient({
    serverUrl: url,
    credentials: { username: alice.name, password: alice.password },
    authMethod: "Basic",
    defaultAccountType: "caldav",
  });

for (const form of [...hosts, workerd]) {
  Deno.test({
    name: `tsdav, davit ${form.name}`,
    ignore: form.ignore,
    sanitizeResources: false, // tsdav leaves the answer from .well-known unread.
    async fn(t) {
      await using site = await form.open();
      for (const [says, run] of chapters) await t.step(says, () => run(site, form));
    },
  });
}

type Chapter = readonly [says: string, run: (site: Site, form: SiteForm) => Promise<void>];

const chapters: readonly Chapter[] = [
  ["finds the account", async (site) => {
    const { createAccount, fetchCalendarUserAddresses } = await deviceAt(site);
    const account = await createAccount({ account: { accountType: "caldav" } });
    assertEquals(
      [account.rootUrl, account.principalUrl, account.homeUrl],
      ["/dav/", "/dav/principals/users/alice/", "/dav/calendars/alice/"].map((p) => site.url + p),
    );
    assert((await fetchCalendarUserAddresses({ account })).includes("mailto:alice@example.test"));
  }],

  ["lists what a new account has", async (site) => {
    const calendars = await (await deviceAt(site)).fetchCalendars();
    assertEquals(
      calendars.map(({ url, components }) => [url, components]),
      [
        [`${site.url}/dav/calendars/alice/calendar/`, ["VEVENT"]],
        [`${site.url}/dav/calendars/alice/tasks/`, ["VTODO"]],
      ],
    );
    for (const { reports, ctag, syncToken } of calendars) {
      for (const report of ["syncCollection", "calendarMultiget", "calendarQuery"]) {
        assert(reports.includes(report), report);
      }
      assert(ctag && syncToken);
    }
  }],

  ["makes a calendar and deletes it", async (site, { mkcalendar }) => {
    const device = await deviceAt(site);
    const before = await device.fetchCalendars();
    const url = `${site.url}/dav/calendars/alice/b%C3%BCro/`;
    const props = {
      "d:displayname": "Büro & Co",
      "ca:calendar-color": "#FF8000",
      "c:supported-calendar-component-set": { "c:comp": { _attributes: { name: "VEVENT" } } },
    };
    const resourcetype = { "d:resourcetype": { "d:collection": {}, "c:calendar": {} } };
    const [made] = mkcalendar
      ? await device.makeCalendar({ url, props })
      : await device.makeCollection({ url, props: { ...resourcetype, ...props } });
    assertEquals(made?.status, 201);

    const { created } = await device.syncCalendarsDetailed({ oldCalendars: before });
    assertEquals(
      created.map(({ url, displayName, calendarColor, components }) => [
        url,
        displayName,
        calendarColor,
        components,
      ]),
      [[url, "Büro & Co", "#FF8000", ["VEVENT"]]],
    );
    assertEquals(await statusOf(await device.deleteObject({ url })), 204);
    const { deleted } = await device.syncCalendarsDetailed({
      oldCalendars: [...before, ...created],
    });
    assertEquals(deleted.map(({ url }) => url), [url]);
  }],

  ["creates, reads, updates and deletes an event", (site) => live(site, "VEVENT", event)],
  ["creates, reads, updates and deletes a task", (site) => live(site, "VTODO", task)],

  ["finds events by time, and tasks", async (site) => {
    const device = await deviceAt(site);
    const calendar = await calendarOf(device, "VEVENT");
    const tasks = await calendarOf(device, "VTODO");
    for (const day of ["05", "06", "07"]) {
      const [start, end] = [`202601${day}T090000Z`, `202601${day}T100000Z`];
      assertEquals(await put(device, calendar, day, event({ uid: day, start, end })), 201);
    }
    assertEquals(await put(device, tasks, "todo", task({ uid: "todo" })), 201);

    const timeRange = { start: "2026-01-06T00:00:00Z", end: "2026-01-07T00:00:00Z" };
    const found = await device.fetchCalendarObjects({ calendar, timeRange });
    assertEquals(found.map(({ url }) => url), [`${calendar.url}06.ics`]);
    const [open] = await device.fetchCalendarObjects({ calendar: tasks, filters: all("VTODO") });
    assertEquals(textOf(open), lines(task({ uid: "todo" })));
    assertEquals(await put(device, calendar, "wrong", task({ uid: "wrong" })), 403);
  }],

  ["expands what recurs, by a query and by a multiget", async (site) => {
    const device = await deviceAt(site);
    const calendar = await calendarOf(device, "VEVENT");
    const weekly = event({
      uid: "weekly",
      start: "20260302T090000Z",
      end: "20260302T100000Z",
      lines: ["RRULE:FREQ=WEEKLY", "EXDATE:20260316T090000Z"],
      overrides: [["RECURRENCE-ID:20260309T090000Z", "DTSTART:20260310T110000Z"]],
    });
    assertEquals(await put(device, calendar, "weekly", weekly), 201);
    const march = { start: "2026-03-01T00:00:00Z", end: "2026-03-30T00:00:00Z" };
    const objectUrls = [`${calendar.url}weekly.ics`];
    for (const how of [{}, { useMultiGet: false }, { objectUrls }]) {
      const [found, ...more] = await device.fetchCalendarObjects({
        calendar,
        timeRange: march,
        expand: true,
        ...how,
      });
      assertEquals([found?.url, more.length], [objectUrls[0], 0]);
      assertEquals(
        [...textOf(found).matchAll(/^(RECURRENCE-ID|DTSTART):(.*)$/gm)].map(([, , at]) => at),
        ["02T090000Z", "02T090000Z", "09T090000Z", "10T110000Z", "23T090000Z", "23T090000Z"]
          .map((time) => `202603${time}`),
      );
      assert(!/RRULE|EXDATE/.test(textOf(found)));
    }
    const [whole] = await device.fetchCalendarObjects({ calendar, timeRange: march });
    assertEquals(textOf(whole), lines(weekly));
    const june = { start: "2300-06-01T00:00:00Z", end: "2300-06-08T00:00:00Z" };
    const far = await device.fetchCalendarObjects({ calendar, timeRange: june });
    assertEquals(far.map(({ url }) => url), objectUrls);
    assertEquals(await remove(device, whole), 204);
  }],

  ["asks when somebody is busy", async (site) => {
    const device = await deviceAt(site);
    const calendar = await calendarOf(device, "VEVENT");
    const [start, end] = ["20260406T090000Z", "20260406T100000Z"];
    const busy = event({ uid: "busy", start, end, lines: ["RRULE:FREQ=DAILY"] });
    assertEquals(await put(device, calendar, "busy", busy), 201);
    const { ok, status, raw } = await freeBusyQuery({
      url: calendar.url,
      timeRange: { start: "2026-04-07T00:00:00Z", end: "2026-04-09T00:00:00Z" },
      depth: "1",
      headers: getBasicAuthHeaders({ username: alice.name, password: alice.password }),
    });
    assertEquals([ok, status], [true, 200]);
    assertEquals(
      [...String(raw).matchAll(/^FREEBUSY.*:(.*)\r?$/gm)].map(([, period]) => period),
      ["07", "08"].map((day) => `202604${day}T090000Z/202604${day}T100000Z`),
    );
    const objectUrls = [`${calendar.url}busy.ics`];
    const [found] = await device.fetchCalendarObjects({ calendar, objectUrls });
    assertEquals(await remove(device, found), 204);
  }],

  ["finds tasks by what they say, and by their times", async (site) => {
    const device = await deviceAt(site);
    const tasks = await calendarOf(device, "VTODO");
    const done = task({ uid: "done", lines: ["STATUS:COMPLETED", "COMPLETED:20260105T120000Z"] });
    assertEquals(await put(device, tasks, "done", done), 201);
    assertEquals(await put(device, tasks, "undated", task({ uid: "undated", end: null })), 201);
    const filtered = async (inside: Readonly<Record<string, unknown>>) => {
      const [calendar] = all("VTODO");
      const filters = [{
        "comp-filter": {
          ...calendar?.["comp-filter"],
          "comp-filter": { _attributes: { name: "VTODO" }, ...inside },
        },
      }];
      const found = await device.fetchCalendarObjects({ calendar: tasks, filters });
      return found.map(nameOf).toSorted();
    };
    const isAbsent = { _attributes: { name: "COMPLETED" }, "is-not-defined": {} };
    assertEquals(await filtered({ "prop-filter": isAbsent }), ["todo", "undated"]);
    const january = { start: "20260101T000000Z", end: "20260201T000000Z" };
    const february = { start: "20260201T000000Z", end: "20260301T000000Z" };
    const at = (range: typeof january) => filtered({ "time-range": { _attributes: range } });
    // What has no time may be at any.
    assertEquals(await at(january), ["done", "todo", "undated"]);
    assertEquals(await at(february), ["undated"]);
  }],

  ["sees whether a calendar has changed", async (site) => {
    const device = await deviceAt(site);
    const collection = await calendarOf(device, "VEVENT");
    assertEquals((await device.isCollectionDirty({ collection })).isDirty, false);
    const [before] = await device.syncCollection({
      url: collection.url,
      props: { "d:getetag": {} },
      syncLevel: 1,
      syncToken: collection.syncToken,
    });
    assertEquals(before?.href, undefined);
    assertEquals(await put(device, collection, "new", event({ uid: "new" })), 201);
    assertEquals((await device.isCollectionDirty({ collection })).isDirty, true);
    const [changed, ...more] = await device.syncCollection({
      url: collection.url,
      props: { "d:getetag": {} },
      syncLevel: 1,
      syncToken: collection.syncToken,
    });
    const { pathname } = new URL(`${collection.url}new.ics`);
    assertEquals([changed?.href, changed?.ok, more.length], [pathname, true, 0]);
  }],

  ["reads many at once", async (site) => {
    const device = await deviceAt(site);
    const { url } = await calendarOf(device, "VEVENT");
    const hrefs = ["05", "07", "none"].map((name) => new URL(`${name}.ics`, url).pathname);
    const props = { "d:getetag": {}, "c:calendar-data": {} };
    const found = await device.davRequest({
      url,
      init: {
        method: "REPORT",
        namespace: "c",
        headers: { depth: "1" },
        body: {
          "calendar-multiget": {
            _attributes: { "xmlns:d": "DAV:", "xmlns:c": "urn:ietf:params:xml:ns:caldav" },
            "d:prop": props,
            "d:href": hrefs,
          },
        },
      },
    });
    assertEquals(found.map(({ href, status }) => [href, status]), [
      [hrefs[0], 207],
      [hrefs[1], 207],
      [hrefs[2], 404],
    ]);
  }],

  ["keeps two devices together by sync-collection", (site) => keepTogether(site, "webdav")],
  ["keeps two devices together by ctag and calendar-query", (site) => keepTogether(site, "basic")],
];

/** The life of one object. */
async function live(site: Site, component: string, make: typeof event): Promise<void> {
  const device = await deviceAt(site);
  const calendar = await calendarOf(device, component);
  const filters = all(component);
  const ours = make({ uid: "life", summary: "Mittag <ß> & Tee" });
  assertEquals(await put(device, calendar, "life", ours), 201);
  assertEquals(await put(device, calendar, "life", ours), 412);

  const [found] = await device.fetchCalendarObjects({ calendar, filters });
  assertEquals([found?.url, textOf(found)], [`${calendar.url}life.ics`, lines(ours)]);
  const theirs = ours.replace("Mittag", "Abend");
  assertEquals(await update(device, found, theirs), 204);
  assertEquals(await update(device, found, ours), 412);

  const objectUrls = [`${calendar.url}life.ics`];
  const [now] = await device.fetchCalendarObjects({ calendar, objectUrls });
  assertEquals(textOf(now), lines(theirs));
  assertEquals(await remove(device, found), 412);
  assertEquals(await remove(device, now), 204);
  assertEquals(await device.fetchCalendarObjects({ calendar, filters }), []);
}

/** The filter of a calendar-query for all objects with such a component. */
const all = (component: string) => [
  {
    "comp-filter": {
      _attributes: { name: "VCALENDAR" },
      "comp-filter": { _attributes: { name: component } },
    },
  },
];

/** How tsdav looks for changes. */
type Method = "webdav" | "basic";

async function keepTogether(site: Site, method: Method): Promise<void> {
  const [one, two] = [await copyOn(await deviceAt(site)), await copyOn(await deviceAt(site))];
  const names = ["stays", "changes", "goes"].map((name) => `${method}-${name}`);
  const [, changes = "", goes = ""] = names;
  for (const uid of names) {
    assertEquals(await put(one.device, one.calendar, uid, event({ uid })), 201);
  }
  const first = await sync(one, method);
  assertEquals(first.created.filter((name) => names.includes(name)), names.toSorted());
  assertEquals(await sync(two, method), first);
  assertEquals(await sync(two, method), nothing);

  const [made, other] = [`${method}-made`, `${method}-other`];
  assertEquals(await put(one.device, one.calendar, made, event({ uid: made })), 201);
  assertEquals(await remove(one.device, objectOf(one, goes)), 204);
  const changed = event({ uid: changes, summary: "changed" });
  assertEquals(await update(two.device, objectOf(two, changes), changed), 204);
  assertEquals(await put(two.device, two.calendar, other, event({ uid: other })), 201);

  const seen = { created: [made, other], updated: [changes], deleted: [goes] };
  assertEquals(await sync(one, method), seen);
  assertEquals(await sync(two, method), seen);
  assertEquals(textOf(objectOf(one, changes)), lines(changed));
  const held = await one.device.fetchCalendarObjects({ calendar: one.calendar });
  assertEquals(contentOf(one.calendar.objects), contentOf(held));
  assertEquals(contentOf(two.calendar.objects), contentOf(held));
}

/** What a device has of the calendar for events. */
interface Copy {
  readonly device: Device;
  calendar: DAVCalendar;
}

async function copyOn(device: Device): Promise<Copy> {
  const calendar: DAVCalendar = {
    ...await calendarOf(device, "VEVENT"),
    objects: [],
    ctag: undefined,
    syncToken: undefined,
    objectMultiGet: device.calendarMultiGet,
    fetchObjects: () => device.fetchCalendarObjects({ calendar }),
  };
  return { device, calendar };
}

const nothing = { created: [], updated: [], deleted: [] };

/** Brings the copy up to date, and says by name what was new. */
async function sync(copy: Copy, method: Method) {
  const { device, calendar: collection } = copy;
  const { objects } = await device.smartCollectionSyncDetailed({ collection, method });
  copy.calendar = await device.smartCollectionSync({ collection, method });
  const named = (some: readonly DAVObject[]) => some.map(nameOf).toSorted();
  return {
    created: named(objects.created),
    updated: named(objects.updated),
    deleted: named(objects.deleted),
  };
}

const nameOf = ({ url }: DAVObject): string => url.replace(/^.*\/(.*)\.ics$/, "$1");

const objectOf = ({ calendar }: Copy, name: string): DAVObject | undefined =>
  calendar.objects?.find((object) => nameOf(object) === name);

const contentOf = (objects: readonly DAVObject[] = []) =>
  objects.map((one) => [nameOf(one), one.etag, textOf(one)]).toSorted();

/** The one calendar for such components, as the server tells of it now. */
async function calendarOf(device: Device, component: string): Promise<DAVCalendar> {
  const calendars = await device.fetchCalendars();
  const found = calendars.find(({ components }) => components?.includes(component));
  assert(found, component);
  return found;
}

const statusOf = async (answer: Response): Promise<number> => {
  await answer.body?.cancel();
  return answer.status;
};

const put = async (device: Device, calendar: DAVCalendar, name: string, iCalString: string) =>
  await statusOf(
    await device.createCalendarObject({ calendar, filename: `${name}.ics`, iCalString }),
  );

const update = async (device: Device, object: DAVObject | undefined, data: string) =>
  await statusOf(
    await device.updateCalendarObject({ calendarObject: { url: "", ...object, data } }),
  );

const remove = async (device: Device, object: DAVObject | undefined) =>
  await statusOf(
    await device.deleteCalendarObject({ calendarObject: { url: "", ...object } }),
  );

/** XML makes LF of all line ends, and tsdav trims. */
const lines = (text: string): string => text.replaceAll("\r\n", "\n").trim();
const textOf = (object: DAVObject | undefined): string => lines(String(object?.data));
