import type { MiddlewareHandler } from "hono";
import { limits } from "../limits.ts";
import { type BodyLimit, limitedBody, type RequestBody } from "./body.ts";

/** What handlers behind {@linkcode limitBody} read instead of the request's own body. */
export interface WithBody {
  readonly Variables: { readonly body: RequestBody };
}

/**
 * Refuses a body beyond its limit: at once where its length is declared, else when more has come
 * while a handler reads. The rest is never read, and the answer goes out meanwhile; but a small body
 * that the answer did not need, such as a 401, is read first: Deno 2.4 would close the connection
 * behind the answer without a word, while programs send their next request on it.
 */
export const limitBody =
  (limitOf: (request: Request) => BodyLimit): MiddlewareHandler<WithBody> =>
  async (context, next) => {
    const { raw } = context.req;
    const body = limitedBody(raw, limitOf(raw));
    context.set("body", body);
    await next();
    const { declaredBytes = Infinity } = body;
    if (declaredBytes <= limits.unreadBytes && isUnread(raw)) await body.bytes();
  };

/** Who expects a 100 waits for the answer before sending anything. */
const isUnread = ({ bodyUsed, body, headers }: Request): boolean =>
  !bodyUsed && body !== null && !body.locked && !headers.has("Expect");
