import { readBasic } from "../http/basic.ts";
import type { RequestBody } from "../http/body.ts";
import { type Client, isLoopback } from "../http/client_address.ts";
import { Refusal } from "../refusal.ts";
import { type DavRequest, type Door, type Method, methodsFor } from "./door.ts";
import { errorResponse } from "./error.ts";
import { open } from "./open.ts";
import { type Target, targetOfUrl } from "./target.ts";

/** A request as it comes in. */
export interface Incoming {
  /** All but its body. */
  readonly message: Omit<Request, keyof Body>;
  readonly body: RequestBody;
  readonly client: Client;
  /** Is told whose log-in was right. */
  readonly onLogin: (name: string) => void;
}

/**
 * Serves a request on any URL of the DAV doors: who asks, by which row. What it costs, and whether
 * they may, is settled where the row opens the resource.
 */
export async function serveDav(incoming: Incoming, door: Door): Promise<Response> {
  const target = targetOfUrl(incoming.message.url);
  if (!target) throw new Refusal(404);
  const response = await answer(incoming, target, door);
  response.headers.set("dav", door.davHeaderFor(target));
  return response;
}

async function answer(incoming: Incoming, target: Target, door: Door): Promise<Response> {
  try {
    return await serve(incoming, target, door);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    if (error.cause) door.services.log("warn", "unavailable", { cause: String(error.cause) });
    return errorResponse(error);
  }
}

async function serve(
  { message: { method, url, headers }, body, client, onLogin }: Incoming,
  target: Target,
  door: Door,
): Promise<Response> {
  const { config } = door.services;
  const secure = client.secure || url.startsWith("https:");
  const safe = secure || config.allowPlainHttp || isLoopback(client.address);
  if (!safe) throw new Refusal(403, undefined, { text: plainHttp });
  const login = readBasic(headers.get("authorization") ?? undefined);
  if (!login) throw new Refusal(401);
  const { address } = client;
  const verified = await door.authenticator.authenticate(login, address);
  onLogin(login.name);
  const row = rowFor(method, target, door);
  const origin = config.baseUrl ?? `${secure ? "https" : "http"}://${hostIn(url)}`;
  return row.handle({ row, target, url, origin, headers, body, login, verified, address }, door);
}

const hostIn = (url: string): string => /^[a-z]+:\/\/([^/?#]*)/.exec(url)?.[1] ?? "";

const plainHttp = "passwords are taken over TLS, or from this machine; see README, TLS";

/** @throws {Refusal} 501: nobody has such a method. */
function rowFor(method: string, target: Target, { tables }: Door): Method {
  const row = methodsFor(tables, target).find(({ name }) => name === method);
  if (row) return row;
  const elsewhere = tables.methods.find(({ name }) => name === method);
  if (!elsewhere) throw new Refusal(501);
  return { name: elsewhere.name, on: [], creates: [], handle: refuseAsOpened };
}

/** A method of another tree only: what is here says which ones there are instead. */
async function refuseAsOpened(request: DavRequest, door: Door): Promise<never> {
  await open(request, door);
  throw new Refusal(405);
}
