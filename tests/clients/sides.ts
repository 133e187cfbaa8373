import { assert } from "@std/assert";
import { D } from "../../src/xml/names.ts";
import { documentXml } from "../../src/xml/write.ts";
import { basic, multistatusOf } from "../harness.ts";
import { propfind } from "./bodies.ts";
import { alice, type Site } from "./sites.ts";

/** A calendar object, and the name of the file or resource that holds it. */
export interface Kept {
  readonly file: string;
  readonly text: string;
}

/** One of two places that a client program makes the same. Calendars go by name, decoded. */
export interface Side {
  calendars(): Promise<string[]>;
  items(calendar: string): Promise<Kept[]>;
  /** Makes or replaces. */
  put(calendar: string, file: string, text: string): Promise<void>;
  remove(calendar: string, file: string): Promise<void>;
}

/** A folder for each calendar, a file for each object. */
export const inFolder = (path: string): Side => ({
  calendars: () => namesIn(path),
  items: async (calendar) =>
    await Promise.all((await namesIn(`${path}/${calendar}`)).map(async (file) => {
      return { file, text: await Deno.readTextFile(`${path}/${calendar}/${file}`) };
    })),
  put: (calendar, file, text) => Deno.writeTextFile(`${path}/${calendar}/${file}`, text),
  remove: (calendar, file) => Deno.remove(`${path}/${calendar}/${file}`),
});

/** Alice's home at a site, by plain requests. */
export function atSite({ url }: Site): Side {
  const home = `${url}/dav/calendars/${alice.name}/`;
  const at = (calendar: string, file = "") =>
    `${home}${encodeURIComponent(calendar)}/${encodeURIComponent(file)}`;
  const ask = (method: string, target: string, init: RequestInit = {}) => {
    const authorization = basic(alice.name, alice.password);
    return fetch(target, { ...init, method, headers: { authorization, ...init.headers } });
  };
  const members = async (target: string) => {
    const body = documentXml(propfind(D.getetag, D.resourcetype));
    const headers = { depth: "1", "content-type": "application/xml" };
    const { responses } = await multistatusOf(await ask("PROPFIND", target, { body, headers }));
    return responses.filter(({ href }) => !target.endsWith(href));
  };
  return {
    async calendars() {
      const found = await members(home);
      return found
        .filter((one) => one.prop(D.resourcetype)?.children.length === 2)
        .map(({ href }) => nameOf(href))
        .filter((name) => name !== "inbox" && name !== "outbox")
        .toSorted();
    },
    items: async (calendar) =>
      await Promise.all((await members(at(calendar))).map(async ({ href }) => {
        const answer = await ask("GET", new URL(href, url).href);
        return { file: nameOf(href), text: await answer.text() };
      })),
    async put(calendar, file, text) {
      const headers = { "content-type": "text/calendar" };
      await done(ask("PUT", at(calendar, file), { body: text, headers }));
    },
    remove: (calendar, file) => done(ask("DELETE", at(calendar, file))),
  };
}

const namesIn = async (path: string): Promise<string[]> =>
  (await Array.fromAsync(Deno.readDir(path), ({ name }) => name)).toSorted();

const nameOf = (href: string): string =>
  decodeURIComponent(href.replace(/\/$/, "").replace(/.*\//, ""));

async function done(answer: Promise<Response>): Promise<void> {
  const { ok, status, body } = await answer;
  await body?.cancel();
  assert(ok, `status ${status}`);
}
