import type { MiddlewareHandler } from "hono";
import { type BodyLimit, limitedBody, type RequestBody } from "./body.ts";

/** What handlers behind {@linkcode limitBody} read instead of the request's own body. */
export interface WithBody {
  readonly Variables: { readonly body: RequestBody };
}

/**
 * Refuses a body beyond its limit: at once where its length is declared, else when more has come
 * while a handler reads. The rest is never read, and the answer goes out meanwhile.
 */
export const limitBody =
  (limitOf: (request: Request) => BodyLimit): MiddlewareHandler<WithBody> =>
  async (context, next) => {
    const { raw } = context.req;
    context.set("body", limitedBody(raw, limitOf(raw)));
    await next();
  };
