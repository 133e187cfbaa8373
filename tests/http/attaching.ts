import { contentLines, parametersOf } from "../../src/ical/content_lines.ts";
import type { Ask, House } from "../harness.ts";

export const calendar = "/dav/calendars/alice/calendar/";
export const path = `${calendar}a.ics`;

/** PUT of a calendar object. */
export const put = (house: House, to: string, body: BodyInit, ask: Ask = {}): Promise<Response> =>
  house.ask("PUT", to, {
    ...ask,
    headers: { "content-type": "text/calendar", ...ask.headers },
    body,
  });

export interface File extends Ask {
  readonly query?: string;
  readonly name?: string;
  readonly type?: string;
  readonly to?: string;
}

/** POST of a file to be attached; without anything said, `hello` as `a.txt` to `a.ics`. */
export const attach = (house: House, file: File = {}): Promise<Response> => {
  const { query = "action=attachment-add", name = "a.txt", type = "text/plain" } = file;
  const { to = path, body = "hello", headers = {}, ...ask } = file;
  const disposition = { "content-disposition": `attachment;filename="${name}"` };
  return house.ask("POST", `${to}?${query}`, {
    ...ask,
    headers: { "content-type": type, ...disposition, ...headers },
    body,
  });
};

export const detach = (house: House, id: string, more = "", ask: Ask = {}): Promise<Response> =>
  house.ask("POST", `${path}?action=attachment-remove&managed-id=${id}${more}`, ask);

/** A file that is attached. */
export interface Attached {
  readonly id: string;
  /** Path of its URL. */
  readonly at: string;
}

export async function attached(house: House, file: File = {}): Promise<Attached> {
  const response = await attach(house, file);
  await response.body?.cancel();
  if (!response.ok) throw new Error(`the file is not attached: ${response.status}`);
  const { headers } = response;
  return { id: headers.get("cal-managed-id") ?? "", at: pathOf(headers.get("location") ?? "") };
}

export const pathOf = (url: string): string => url.replace("http://localhost", "");

export const text = async (house: House, at: string, ask: Ask = {}): Promise<string> =>
  await (await house.ask("GET", at, ask)).text();

export async function status(response: Promise<Response>): Promise<number> {
  const { status, body } = await response;
  await body?.cancel();
  return status;
}

/** The ATTACH properties of an object: value and parameters. */
export const attachesIn = (object: string) =>
  [...contentLines(object)].filter(({ name }) => name === "ATTACH")
    .map((line): Record<string, string | string[]> => ({
      ...parametersOf(line),
      value: line.value,
    }));
