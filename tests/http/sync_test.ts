import { assert, assertEquals } from "@std/assert";
import { A, CS, D } from "../../src/xml/names.ts";
import { el, elementsOf } from "../../src/xml/tree.ts";
import { documentXml } from "../../src/xml/write.ts";
import { event } from "../fixtures/events.ts";
import {
  type House,
  type Multistatus,
  multistatusOf,
  openHouse,
  preconditionOf,
} from "../harness.ts";
import { fill } from "./fill.ts";

const home = "/dav/calendars/alice/";
const calendar = `${home}calendar/`;

/** The body of sync-collection; `limit`: DAV:nresults. */
const syncCollection = (token: string, limit?: number | string): string =>
  documentXml(el(D.syncCollection, [
    el(D.syncToken, [token]),
    el(D.syncLevel, ["1"]),
    ...(limit === undefined ? [] : [el(D.limit, [el(D.nresults, [String(limit)])])]),
    el(D.prop, [el(D.getetag)]),
  ]));

const report = (house: House, path: string, token: string, limit?: number | string) =>
  house.ask("REPORT", path, { headers: { depth: "0" }, body: syncCollection(token, limit) });

const sync = async (house: House, path: string, token: string | undefined, limit?: number) =>
  await multistatusOf(await report(house, path, token ?? "", limit));

const tokenOf = async (house: House, path = calendar) =>
  (await sync(house, path, "")).syncToken ?? "";

const put = (house: House, path: string, uid: string, summary = uid) =>
  house.ask("PUT", path, {
    headers: { "content-type": "text/calendar" },
    body: event({ uid, summary }),
  });

/** `a.ics` for what is there, `-a.ics` for what is gone. */
const told = ({ responses }: Multistatus, path = calendar): string[] =>
  responses.map(({ href, status }) => `${status === 404 ? "-" : ""}${href.slice(path.length)}`)
    .sort();

for (const limit of [1, 7, 333, 1_000]) {
  Deno.test(`sync: pages of ${limit} cut one commit of 1,000 objects, each told once`, async () => {
    await using house = await openHouse();
    const start = await tokenOf(house);
    const names = await fill(house, 1_000);
    const seen: string[] = [];
    const tokens = new Set<string>();
    let token = start;
    for (let cut = true; cut;) {
      const page = await sync(house, calendar, token, limit);
      const members = page.hrefs.filter((href) => href !== calendar);
      cut = page.at(calendar)?.status === 507;
      assert(members.length <= limit);
      assertEquals(page.responses.length, members.length + (cut ? 1 : 0));
      seen.push(...members);
      token = page.syncToken ?? "";
      assert(!tokens.has(token), "each page goes on");
      tokens.add(token);
    }
    assertEquals(seen, names.map((name) => calendar + name));
    assertEquals((await sync(house, calendar, token)).responses, []);
  });
}

Deno.test("sync: a page that is cut says why, on the collection itself", async () => {
  await using house = await openHouse();
  await fill(house, 3);
  const cut = (await sync(house, calendar, "", 2)).at(calendar);
  assertEquals([cut?.status, cut?.propstats], [507, []]);
  assertEquals(cut?.error?.children, [el(D.numberOfMatchesWithinLimits)]);
});

Deno.test("sync: what changes while a client pages is told as it is in the end", async () => {
  await using house = await openHouse();
  const names = await fill(house, 10);
  const first = await sync(house, calendar, "", 4);
  await house.ask("DELETE", calendar + names[0]); // told already
  await house.ask("DELETE", calendar + names[9]); // not told yet
  await put(house, calendar + names[1], "000001", "Changed");
  await put(house, `${calendar}new.ics`, "new");
  const rest = await sync(house, calendar, first.syncToken);
  assertEquals(
    told(rest),
    [`-${names[0]}`, `-${names[9]}`, ...names.slice(1, 2), ...names.slice(4, 9), "new.ics"].sort(),
  );
});

Deno.test("sync: the token of an answer is that of the properties", async () => {
  await using house = await openHouse();
  await fill(house, 2);
  const body = documentXml(el(D.propfind, [el(D.prop, [el(D.syncToken), el(CS.getctag)])]));
  const found = await multistatusOf(
    await house.ask("PROPFIND", calendar, { headers: { depth: "0" }, body }),
  );
  const token = await tokenOf(house);
  assertEquals(found.at(calendar)?.text(D.syncToken), token);
  assertEquals(found.at(calendar)?.text(CS.getctag), token);
});

Deno.test("sync: a name that is deleted and put again is one change", async () => {
  await using house = await openHouse();
  await put(house, `${calendar}a.ics`, "a");
  const token = await tokenOf(house);
  await house.ask("DELETE", `${calendar}a.ics`);
  await put(house, `${calendar}a.ics`, "other");
  assertEquals(told(await sync(house, calendar, token)), ["a.ics"]);
});

Deno.test("sync: the first one tells nothing of what is gone", async () => {
  await using house = await openHouse();
  await put(house, `${calendar}a.ics`, "a");
  await house.ask("DELETE", `${calendar}a.ics`);
  assertEquals(told(await sync(house, calendar, "")), []);
});

Deno.test("sync: MOVE is a removal here and something new there", async () => {
  await using house = await openHouse();
  const other = `${home}other/`;
  await house.ask("MKCALENDAR", other);
  await put(house, `${calendar}a.ics`, "a");
  const [here, there] = [await tokenOf(house), await tokenOf(house, other)];
  const moved = await house.ask("MOVE", `${calendar}a.ics`, {
    headers: { destination: `http://localhost${other}b.ics` },
  });
  assertEquals(moved.status, 201);
  assertEquals(told(await sync(house, calendar, here)), ["-a.ics"]);
  assertEquals(told(await sync(house, other, there), other), ["b.ics"]);
});

interface Invalid {
  readonly name: string;
  /** A token, and what makes it invalid. */
  token(house: House): Promise<string> | string;
}

const changedDigits = (token: string, by: number) =>
  token.replace(/\d+$/, (digits) => String(Number(digits) + by));

const invalid: readonly Invalid[] = [
  { name: "not one of ours", token: () => "http://sabre.io/ns/sync/12" },
  { name: "no URI", token: () => "12" },
  { name: "of another calendar", token: (house) => tokenOf(house, `${home}tasks/`) },
  {
    name: "of another database",
    token: async (house) => (await tokenOf(house)).replace(/\/[0-9a-f]+\//, "/0123456789abcdef/"),
  },
  { name: "ahead of the calendar", token: async (house) => changedDigits(await tokenOf(house), 1) },
  {
    name: "with a name that can't be decoded",
    token: async (house) => `${await tokenOf(house)}/%zz`,
  },
  {
    name: "of a calendar that was deleted and made again",
    async token(house) {
      const token = await tokenOf(house);
      await house.ask("DELETE", calendar);
      assertEquals((await house.ask("MKCALENDAR", calendar)).status, 201);
      return token;
    },
  },
  {
    name: "older than the removals that are remembered",
    async token(house) {
      await put(house, `${calendar}a.ics`, "a");
      const token = await tokenOf(house);
      await house.ask("DELETE", `${calendar}a.ics`);
      const now = house.services.clock() + 1;
      await house.store.upkeep({ now, keptFrom: now });
      return token;
    },
  },
];

for (const { name, token } of invalid) {
  Deno.test(`sync: a token ${name} is refused by DAV:valid-sync-token`, async () => {
    await using house = await openHouse();
    const refused = await report(house, calendar, await token(house));
    assertEquals([refused.status, await preconditionOf(refused)], [403, D.validSyncToken]);
    assert((await sync(house, calendar, "")).syncToken, "all over again");
  });
}

Deno.test("sync: after upkeep, a token behind the removals goes on, and those of others too", async () => {
  await using house = await openHouse();
  const other = await tokenOf(house, `${home}tasks/`);
  await put(house, `${calendar}a.ics`, "a");
  await house.ask("DELETE", `${calendar}a.ics`);
  const token = await tokenOf(house);
  const now = house.services.clock() + 1;
  await house.store.upkeep({ now, keptFrom: now });
  await put(house, `${calendar}b.ics`, "b");
  assertEquals(told(await sync(house, calendar, token)), ["b.ics"]);
  assertEquals(told(await sync(house, `${home}tasks/`, other)), []);
});

Deno.test("sync: a first one goes on over its pages, whatever was forgotten before it began", async () => {
  await using house = await openHouse();
  const names = await fill(house, 5);
  await put(house, `${calendar}z.ics`, "z");
  await house.ask("DELETE", `${calendar}z.ics`);
  const now = house.services.clock() + 1;
  await house.store.upkeep({ now, keptFrom: now });
  const first = await sync(house, calendar, "", 2);
  await house.ask("DELETE", calendar + names[0]);
  const rest = await sync(house, calendar, first.syncToken);
  assertEquals(told(rest), [`-${names[0]}`, ...names.slice(2)]);
});

Deno.test("sync: a first one is refused where something was forgotten while it went on", async () => {
  await using house = await openHouse();
  const names = await fill(house, 5);
  const first = await sync(house, calendar, "", 2);
  await house.ask("DELETE", calendar + names[0]);
  const now = house.services.clock() + 1;
  await house.store.upkeep({ now, keptFrom: now });
  const refused = await report(house, calendar, first.syncToken ?? "");
  assertEquals([refused.status, await preconditionOf(refused)], [403, D.validSyncToken]);
});

Deno.test("sync: upkeep leaves what is not old enough", async () => {
  await using house = await openHouse();
  await put(house, `${calendar}a.ics`, "a");
  const token = await tokenOf(house);
  const before = house.services.clock() - 1;
  await house.ask("DELETE", `${calendar}a.ics`);
  await house.store.upkeep({ now: before, keptFrom: before });
  assertEquals(told(await sync(house, calendar, token)), ["-a.ics"]);
});

Deno.test("sync of the home: a calendar is told when it, or what is in it, changes", async () => {
  await using house = await openHouse();
  let token = await tokenOf(house, home);
  const changes = async () => {
    const found = await sync(house, home, token);
    token = found.syncToken ?? "";
    return told(found, home);
  };
  const proppatch = documentXml(
    el(D.propertyupdate, [el(D.set, [el(D.prop, [el(A.calendarColor, ["#112233"])])])]),
  );
  assertEquals(await changes(), []);
  await put(house, `${calendar}a.ics`, "a");
  assertEquals(await changes(), ["calendar/"]);
  await house.ask("PROPPATCH", `${home}tasks/`, { body: proppatch });
  assertEquals(await changes(), ["tasks/"]);
  await house.ask("MKCALENDAR", `${home}new/`);
  assertEquals(await changes(), ["new/"]);
  await house.ask("DELETE", `${calendar}a.ics`);
  await house.ask("DELETE", `${home}new/`);
  assertEquals(await changes(), ["-new/", "calendar/"]);
  assertEquals(await changes(), []);
});

Deno.test("sync of the home: all that is in it, with what is asked", async () => {
  await using house = await openHouse();
  const found = await sync(house, home, "");
  assertEquals(told(found, home), ["calendar/", "inbox/", "outbox/", "tasks/"]);
});

Deno.test("sync-level infinite of the home: a calendar that has changed is to be asked itself", async () => {
  await using house = await openHouse();
  const infinite = async (token: string) =>
    await multistatusOf(
      await house.ask("REPORT", home, {
        headers: { depth: "0" },
        body: syncCollection(token).replace(">1<", ">infinite<"),
      }),
    );
  const all = await infinite("");
  const reasons = all.responses.map(({ status, error }) => [
    status,
    error && elementsOf(error).map(({ name }) => name),
  ]);
  assertEquals(all.hrefs, ["calendar/", "inbox/", "outbox/", "tasks/"].map((one) => home + one));
  assertEquals(reasons, Array(4).fill([403, [D.syncTraversalSupported]]));
  await put(house, `${calendar}a.ics`, "a");
  await house.ask("DELETE", `${home}tasks/`);
  const later = await infinite(all.syncToken ?? "");
  assertEquals(later.responses.map(({ href, status }) => [href, status]), [
    [calendar, 403],
    [`${home}tasks/`, 404],
  ]);
});

Deno.test("sync-level infinite of a calendar: it has members alone", async () => {
  await using house = await openHouse();
  await put(house, `${calendar}a.ics`, "a");
  const body = syncCollection("").replace(">1<", ">infinite<");
  const found = await multistatusOf(
    await house.ask("REPORT", calendar, { headers: { depth: "0" }, body }),
  );
  assertEquals(told(found), ["a.ics"]);
  assertEquals(found.syncToken, await tokenOf(house, calendar));
});

const refused: readonly {
  readonly name: string;
  readonly body: string;
  readonly gives: readonly [number, string | undefined];
}[] = [
  { name: "a limit of nothing", body: syncCollection("", 0), gives: [400, undefined] },
  { name: "a limit that is no number", body: syncCollection("", "some"), gives: [400, undefined] },
  ...["2", "0", "", "Infinite"].map((level) => ({
    name: `the level ${level || "of nothing"}`, // RFC 6578 §6.3
    body: syncCollection("").replace(">1<", `>${level}<`),
    gives: [400, undefined] as const,
  })),
];

for (const { name, body, gives } of refused) {
  Deno.test(`sync: ${name} is refused`, async () => {
    await using house = await openHouse();
    const response = await house.ask("REPORT", calendar, { headers: { depth: "0" }, body });
    assertEquals([response.status, await preconditionOf(response)], gives);
  });
}

Deno.test("sync: without an element for the token it is a first one", async () => {
  await using house = await openHouse();
  await put(house, `${calendar}a.ics`, "a");
  const body = `<sync-collection xmlns="DAV:"><sync-level>1</sync-level><prop/></sync-collection>`;
  const found = await multistatusOf(
    await house.ask("REPORT", calendar, { headers: { depth: "0" }, body }),
  );
  assertEquals(told(found), ["a.ics"]);
});

Deno.test("sync: an outbox has no such report", async () => {
  await using house = await openHouse();
  const response = await report(house, `${home}outbox/`, "");
  assertEquals([response.status, await preconditionOf(response)], [403, D.supportedReport]);
});
