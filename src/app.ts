import { type Context, Hono } from "hono";
import { createAuthenticator } from "./access/authenticate.ts";
import { serviceIsOff } from "./access/switches.ts";
import { get as getCalendarData, head as headCalendarData } from "./caldav/methods/get.ts";
import { mkcalendar, mkcol } from "./caldav/methods/make_calendar.ts";
import { post } from "./caldav/methods/post.ts";
import { put } from "./caldav/methods/put.ts";
import { principalProperties } from "./caldav/principal_properties.ts";
import { caldavProperties } from "./caldav/properties.ts";
import { calendarMultiget } from "./caldav/reports/calendar_multiget.ts";
import { calendarQuery } from "./caldav/reports/calendar_query.ts";
import { freeBusyQuery } from "./caldav/reports/free_busy_query.ts";
import { lock } from "./files/methods/lock.ts";
import { mkcolFiles } from "./files/methods/mkcol.ts";
import { putFile } from "./files/methods/put.ts";
import { unlock } from "./files/methods/unlock.ts";
import { fileProperties } from "./files/properties.ts";
import { attachmentAnswer } from "./dav/attachment_answer.ts";
import { bodyLimits } from "./dav/body_limits.ts";
import { copy, move } from "./dav/methods/copy_move.ts";
import { createDoor } from "./dav/create_door.ts";
import { timezonesPath } from "./dav/target.ts";
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
import { aclPrincipalPropSet } from "./dav/reports/acl_principal_prop_set.ts";
import { calendarserverPrincipalSearch } from "./dav/reports/calendarserver_principal_search.ts";
import { expandProperty } from "./dav/reports/expand_property.ts";
import { principalMatch } from "./dav/reports/principal_match.ts";
import { principalPropertySearch } from "./dav/reports/principal_property_search.ts";
import { principalSearchPropertySet } from "./dav/reports/principal_search_property_set.ts";
import { syncCollection } from "./dav/reports/sync_collection.ts";
import { ClientGone } from "./http/body.ts";
import { addressMatcher, type Client, clientFinder, isDoubtful } from "./http/client_address.ts";
import { limitBody, type WithBody } from "./http/body_limit.ts";
import { limits } from "./limits.ts";
import { Refusal } from "./refusal.ts";
import type { Services } from "./services.ts";
import { timezoneService } from "./tzdist/service.ts";

/** What a runtime tells of the connection that a request came on. */
export interface Connection {
  /** IP address of the peer; undefined where the runtime does not tell. */
  readonly remoteAddress?: string;
}

/** What is known of a request besides what it says. */
interface Visit {
  readonly Bindings: Connection;
  readonly Variables: { readonly client: Client; readonly user?: string };
}

export type App = Hono<WithBody & Visit>;

/** All that is served over DAV: what is announced derives from these rows. */
export const tables: Tables = {
  methods: [
    options,
    getCalendarData,
    headCalendarData,
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
  reports: [
    syncCollection,
    expandProperty,
    principalMatch,
    principalPropertySearch,
    principalSearchPropertySet,
    aclPrincipalPropSet,
    calendarserverPrincipalSearch,
    calendarMultiget,
    calendarQuery,
    freeBusyQuery,
  ],
  properties: [...davProperties, ...principalProperties, ...caldavProperties, ...fileProperties],
};

/** The server on one page. The same on a host, in an edge worker and in a test. */
export function createApp(services: Services): App {
  const { config, meter, clock } = services;
  const door = createDoor(services, tables, createAuthenticator(services));
  const clientOf = clientFinder(config.trustedProxies);
  const readsMetrics = addressMatcher(config.metricsFrom);
  const app: App = new Hono();

  app.use(async (context, next) => {
    const began = clock();
    const { req, env } = context;
    context.set("client", clientOf(env?.remoteAddress ?? "", req.raw.headers));
    const answered = meter?.begin(methodNames.has(req.method) ? req.method : "other");
    await next();
    forbidTransforming(context.res);
    answered?.(context.res.status);
    logRequest(services, context, began);
  });

  app.use(limitBody(bodyLimits(services)));

  app.get("/healthz", (context) => context.text("ok\n"));
  app.get("/readyz", async (context) => {
    await services.store.check();
    return context.text("ok\n");
  });

  app.get("/metrics", async ({ req, env, var: { client } }) => {
    if (meter === undefined) throw new Refusal(404);
    const isDoubted = isDoubtful(client, env?.remoteAddress ?? "", req.raw.headers);
    if (isDoubted || !readsMetrics(client.address)) {
      throw new Refusal(403, undefined, { text: notForYou });
    }
    const { type, text } = await meter.exposition();
    return new Response(text, { headers: { "content-type": type } });
  });

  // Whoever has this address needs no log-in: its segment is random, and no other way leads to it.
  app.get("/attachments/:link/:name", async ({ req }) => {
    const found = await services.store.attachmentAt(req.param("link"), "attachments");
    if (!found) throw new Refusal(404);
    const { attachment, switchedOff } = found;
    if (switchedOff) throw serviceIsOff("attachments");
    const { headers } = req.raw;
    return attachmentAnswer(attachment, { headers, body: req.method !== "HEAD" }, services.store);
  });

  // Before authentication, and for every method (RFC 6764 §5); 302 and 303 would make GET of it.
  app.all("/.well-known/caldav/", redirectToDav);
  app.all("/.well-known/caldav", redirectToDav);
  app.all("/.well-known/timezone", redirectToTimezones);
  const timezones = timezoneService(clock());
  app.get(`${timezonesPath}/*`, ({ req }) => timezones(req.raw));
  app.all("*", (context) => {
    const onLogin = (name: string) => context.set("user", name);
    return serveDav({
      message: context.req.raw,
      body: context.get("body"),
      client: context.get("client"),
      onLogin,
    }, door);
  });

  app.onError((error, context) => {
    if (error instanceof Refusal) return errorResponse(error);
    if (error instanceof ClientGone) return new Response(null, { status: 400 });
    const { method, path } = context.req;
    const where = { method, path: loggedPath(path) };
    services.log("error", "failed", { ...where, error: error.stack ?? String(error) });
    return new Response("davit failed; its log says why\n", { status: 500 });
  });
  return app;
}

/** Others are counted as one, or whoever likes could make up more of them without end. */
const methodNames: ReadonlySet<string> = new Set(tables.methods.map(({ name }) => name));

const notForYou = "metrics are for the addresses that the setting metricsFrom names";

/** RFC 7808 §4.2.1.3. */
const redirectToTimezones = () =>
  new Response(null, { status: 301, headers: { location: timezonesPath } });

const redirectToDav = () => new Response(null, { status: 301, headers: { location: "/dav/" } });

/** Deno 2.4 compresses whatever does not forbid it, and weakens its ETag. */
function forbidTransforming({ headers }: Response) {
  if (!headers.has("cache-control")) headers.set("cache-control", "no-transform");
}

/** The query is left out: it may hold what a person typed. Nobody is named who failed to log in. */
function logRequest(
  { log, clock }: Services,
  context: Context<WithBody & Visit>,
  began: number,
) {
  const { req, res } = context;
  log("info", "request", {
    method: req.method.slice(0, limits.loggedCharacters),
    path: loggedPath(req.path),
    status: res.status,
    ms: clock() - began,
    address: context.get("client").address,
    user: res.status === 401 ? undefined : context.get("user"),
    agent: req.header("user-agent")?.slice(0, limits.loggedCharacters),
  });
}

/** Whoever knows the link of an attachment may read it. */
const loggedPath = (path: string): string =>
  path.replace(/^\/attachments\/[^/]*/, "/attachments/…").slice(0, limits.loggedCharacters);
