import { assertEquals } from "@std/assert";
import { createApp } from "../../src/app.ts";
import { fileExecutor } from "../../src/store/file.ts";
import { openStore } from "../../src/store/libsql_store.ts";
import { CS, D } from "../../src/xml/names.ts";
import { el } from "../../src/xml/tree.ts";
import { documentXml } from "../../src/xml/write.ts";
import { event } from "../fixtures/events.ts";
import { basic, type House, multistatusOf, openHouse } from "../harness.ts";
import { type Random, randomFrom, seededCases } from "../seeded.ts";

const home = "/dav/calendars/alice/";
const calendars = [`${home}calendar/`, `${home}other/`];
const names = Array.from({ length: 12 }, (_, index) => `${"né "[index % 3]}${index}.ics`);

type Ask = (method: string, path: string, headers?: HeadersInit, body?: string) => Promise<
  Response
>;

/** Two apps, each with a store of its own on one database file. */
async function twoDoors(house: House): Promise<{ doors: Ask[]; close(): void }> {
  const second = await openStore(fileExecutor(house.file));
  const app = createApp({ ...house.services, store: second });
  const asked: Ask = async (method, path, headers, body) => {
    const all = new Headers(headers);
    all.set("authorization", basic("alice", "alice"));
    const request = new Request(`http://localhost${path}`, { method, headers: all, body });
    return await app.fetch(request, { remoteAddress: "127.0.0.1" });
  };
  const first: Ask = (method, path, headers, body) =>
    house.ask(method, path, { headers: Object.fromEntries(new Headers(headers)), body });
  return { doors: [first, asked], close: () => second.close() };
}

/** One random change. It may be refused, as others are at it too. */
async function change(ask: Ask, random: Random): Promise<void> {
  const path = random.pick(calendars) + encodeURIComponent(random.pick(names));
  const other = random.pick(calendars) + encodeURIComponent(random.pick(names));
  const kind = random.int(10);
  const response = kind < 6
    ? await ask(
      "PUT",
      path,
      { "content-type": "text/calendar" },
      event({ uid: decodeURIComponent(path), summary: String(random.int(1_000)) }),
    )
    : kind < 8
    ? await ask("DELETE", path)
    : await ask("MOVE", path, { destination: `http://localhost${other}` });
  await response.body?.cancel();
  const fine = [201, 204, 403, 404, 412].includes(response.status);
  if (!fine) throw new Error(`${response.status} is no answer to a change`);
}

/** A client that knows a collection by its changes alone: ETag or ctag by href. */
class Follower {
  readonly known = new Map<string, string>();
  #token = "";

  constructor(readonly path: string, readonly random: Random) {}

  /** Takes one page; whether there are more. */
  async step(ask: Ask): Promise<boolean> {
    const limit = this.random.chance() ? [el(D.limit, [el(D.nresults, [this.#some()])])] : [];
    const body = documentXml(el(D.syncCollection, [
      el(D.syncToken, [this.#token]),
      el(D.syncLevel, ["1"]),
      ...limit,
      el(D.prop, [el(D.getetag), el(CS.getctag)]),
    ]));
    const page = await multistatusOf(await ask("REPORT", this.path, { depth: "0" }, body));
    for (const { href, status, text } of page.responses) {
      if (status === 404) this.known.delete(href);
      else if (status === undefined) {
        this.known.set(href, text(D.getetag) ?? text(CS.getctag) ?? "");
      }
    }
    this.#token = page.syncToken ?? "";
    await nextTurn();
    return page.at(this.path)?.status === 507;
  }

  #some = () => String(1 + this.random.int(4));
}

/** Reads of a file settle within one turn of the event loop, and would leave none to writers. */
const nextTurn = () => new Promise((resolve) => setTimeout(resolve, 0));

/** What a collection holds, as a listing tells it. */
async function listed(ask: Ask, path: string): Promise<Map<string, string>> {
  const body = documentXml(el(D.propfind, [el(D.prop, [el(D.getetag), el(CS.getctag)])]));
  const found = await multistatusOf(await ask("PROPFIND", path, { depth: "1" }, body));
  return new Map(
    found.responses.filter(({ href }) => href !== path)
      .map(({ href, text }) => [href, text(D.getetag) ?? text(CS.getctag) ?? ""]),
  );
}

const sorted = (map: ReadonlyMap<string, string>) => [...map].sort(([a], [b]) => a < b ? -1 : 1);

Deno.test("sync: whoever follows the tokens while others write ends with the server's state", async () => {
  for (const { seed, random } of seededCases(6, 300)) {
    await using house = await openHouse({ people: [{ name: "alice" }] });
    await house.ask("MKCALENDAR", `${home}other/`);
    const { doors, close } = await twoDoors(house);
    const followers = [home, ...calendars].map((path, index) =>
      new Follower(path, randomFrom(seed * 100 + index))
    );
    let writing = true;
    const writers = Array.from({ length: 4 }, async (_, index) => {
      const own = randomFrom(seed * 1_000 + index);
      for (let count = 0; count < 12; count++) await change(own.pick(doors), own);
    });
    const following = followers.map(async (follower) => {
      while (writing) await follower.step(random.pick(doors));
      while (await follower.step(random.pick(doors)));
    });
    await Promise.all(writers).finally(() => writing = false);
    await Promise.all(following);
    for (const { path, known } of followers) {
      assertEquals(sorted(known), sorted(await listed(doors[0] as Ask, path)), `${seed}: ${path}`);
    }
    close();
  }
});
