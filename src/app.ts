import { type Context, Hono } from "hono";
import { createAuthenticator } from "./access/authenticate.ts";
import { mkcalendar, mkcol } from "./caldav/methods/make_calendar.ts";
import { post } from "./caldav/methods/post.ts";
import { put } from "./caldav/methods/put.ts";
import { caldavProperties } from "./caldav/properties.ts";
import { calendarMultiget } from "./caldav/reports/calendar_multiget.ts";
import { calendarQuery } from "./caldav/reports/calendar_query.ts";
import { lock } from "./files/methods/lock.ts";
import { mkcolFiles } from "./files/methods/mkcol.ts";
import { putFile } from "./files/methods/put.ts";
import { unlock } from "./files/methods/unlock.ts";
import { fileProperties } from "./files/properties.ts";
import { bodyLimits } from "./dav/body_limits.ts";
import { copy, move } from "./dav/methods/copy_move.ts";
import { createDoor } from "./dav/create_door.ts";
import { serveDav } from "./dav/serve.ts";
import { deleteMethod } from "./dav/methods/delete.ts";
import { get, head } from "./dav/methods/get.ts";
import { options } from "./dav/methods/options.ts";
import { propfind } from "./dav/methods/propfind.ts";
import { proppatch } from "./dav/methods/proppatch.ts";
import { report } from "./dav/methods/report.ts";
import type { Tables } from "./dav/door.ts";
import { errorResponse } from "./dav/error.ts";
import { davProperties } from "./dav/property_rows.ts";
import { syncCollection } from "./dav/reports/sync_collection.ts";
import { ClientGone } from "./http/body.ts";
import { limitBody, type WithBody } from "./http/body_limit.ts";
import { Refusal } from "./refusal.ts";
import type { Services } from "./services.ts";

/** What a runtime tells of the connection that a request came on. */
export interface Connection {
  /** IP address of the peer; undefined where the runtime does not tell. */
  readonly remoteAddress?: string;
}

export type App = Hono<WithBody & { Bindings: Connection }>;

/** All that is served over DAV: what is announced derives from these rows. */
export const tables: Tables = {
  methods: [
    options,
    get,
    head,
    put,
    post,
    putFile,
    deleteMethod,
    propfind,
    proppatch,
    report,
    copy,
    move,
    mkcol,
    mkcolFiles,
    mkcalendar,
    lock,
    unlock,
  ],
  reports: [syncCollection, calendarMultiget, calendarQuery],
  properties: [...davProperties, ...caldavProperties, ...fileProperties],
};

/** The server on one page. The same on a host, in an edge worker and in a test. */
export function createApp(services: Services): App {
  const door = createDoor(services, tables, createAuthenticator(services));
  const app: App = new Hono();

  app.use(async (context, next) => {
    const began = services.clock();
    await next();
    forbidTransforming(context.res);
    logRequest(services, context, began);
  });

  app.use(limitBody(bodyLimits(services)));

  app.get("/healthz", (context) => context.text("ok\n"));
  app.get("/readyz", async (context) => {
    await services.store.check();
    return context.text("ok\n");
  });

  // Before authentication, and for every method (RFC 6764 §5); 302 and 303 would make GET of it.
  app.all("/.well-known/caldav/", redirectToDav);
  app.all("/.well-known/caldav", redirectToDav);
  app.all("*", ({ req, var: { body }, env }) => {
    return serveDav({ message: req.raw, body, peer: env?.remoteAddress ?? "" }, door);
  });

  app.onError((error, context) => {
    if (error instanceof Refusal) return errorResponse(error);
    if (error instanceof ClientGone) return new Response(null, { status: 400 });
    const { method, path } = context.req;
    services.log("error", "failed", { method, path, error: error.stack ?? String(error) });
    return new Response("davit failed; its log says why\n", { status: 500 });
  });
  return app;
}

const redirectToDav = () => new Response(null, { status: 301, headers: { location: "/dav/" } });

/** Deno 2.4 compresses whatever does not forbid it, and weakens its ETag. */
function forbidTransforming({ headers }: Response) {
  if (!headers.has("cache-control")) headers.set("cache-control", "no-transform");
}

function logRequest({ log, clock }: Services, { req, res }: Context, began: number) {
  log("info", "request", {
    method: req.method,
    path: req.path,
    status: res.status,
    ms: clock() - began,
    agent: req.header("user-agent"),
  });
}
