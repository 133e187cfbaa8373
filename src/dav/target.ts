import { encodeSegment, pathSegments } from "../http/path.ts";
import type { Attachment, HomeKind, PrincipalKind } from "../model.ts";
import { Refusal } from "../refusal.ts";
import type { Place, TreePlace } from "../store/questions.ts";

/** Collections that stand for no row of the database. */
export type FixedKind = "root" | "principals" | "homes";

export interface FixedTarget {
  readonly kind: FixedKind;
  readonly href: string;
  /** The fixed collections directly below. */
  readonly below: readonly FixedTarget[];
  readonly place: Extract<Place, { kind: "fixed" }>;
}

/** What a URL names, by its form alone: whether it is there, the database tells. */
export type Target =
  | FixedTarget
  | {
    readonly kind: "principal";
    readonly href: string;
    readonly place: Extract<Place, { kind: "principal" }>;
  }
  | AttachmentTarget
  | TreeTarget;

/** A managed attachment (RFC 8607), by its id; the name behind that is for people. */
export interface AttachmentTarget {
  readonly kind: "attachment";
  readonly href: string;
  readonly place: Extract<Place, { kind: "attachment" }>;
}

export interface TreeTarget {
  readonly kind: "tree";
  /** Of the home, with its slash. */
  readonly homeHref: string;
  readonly place: TreePlace;
}

const principalFolders: Readonly<Record<PrincipalKind, string>> = {
  individual: "users",
  group: "groups",
  room: "rooms",
  resource: "resources",
};
const homeFolders: Readonly<Record<HomeKind, string>> = {
  "calendar-home": "calendars",
  files: "files",
};

/** The time zone service (RFC 7808 §4.2.1.3): CALDAV:timezone-service-set tells it (RFC 7809 §5.1). */
export const timezonesPath = "/timezones";

/** The root of all principals: DAV:principal-collection-set (RFC 3744 §5.8). */
export const principalsHref = "/dav/principals/";

const principalFolderHref = (kind: PrincipalKind): string =>
  `${principalsHref}${principalFolders[kind]}/`;

export const principalHref = (kind: PrincipalKind, name: string): string =>
  `${principalFolderHref(kind)}${encodeSegment(name)}/`;

/** The kinds of principals that there are below a URL, at whatever depth. */
export const principalKindsBelow = (href: string): PrincipalKind[] =>
  (Object.keys(principalFolders) as PrincipalKind[])
    .filter((kind) => principalFolderHref(kind).startsWith(href));

export const homeHref = (kind: HomeKind, owner: string): string =>
  `/dav/${homeFolders[kind]}/${encodeSegment(owner)}/`;

/** Where whoever may read an object that refers to it finds an attachment. */
export const attachmentHref = ({ id, fileName }: Pick<Attachment, "id" | "fileName">): string =>
  `/dav/attachments/${id}/${encodeSegment(fileName)}`;

/** Of what is at these segments below a home; a collection's ends with a slash. */
export const hrefBelow = (
  home: string,
  segments: readonly string[],
  collection: boolean,
): string => {
  const path = segments.map(encodeSegment).join("/");
  return home + path + (collection && path !== "" ? "/" : "");
};

/**
 * What the path of a request or a DAV:href names; undefined: nothing that could ever be there. The
 * slash at its end does not count. Apple asks for `/principals/`, too.
 *
 * @throws {Refusal} 400 where it can't be decoded.
 */
export function targetOf(path: string): Target | undefined {
  const segments = pathSegments(path);
  const fixed = fixedTargets.get(segments.join("/"));
  if (fixed) return fixed;
  const [dav, area, folder, ...rest] = segments;
  if (dav !== "dav" || folder === undefined) return undefined;
  if (area === "principals") return principalTarget(folder, rest);
  if (area === "attachments") return attachmentTarget(folder, rest);
  return treeTarget(area, folder.normalize("NFC"), rest);
}

/**
 * As {@linkcode targetOf} for the URL of a request, raw: what a URL parser would make of it is not
 * what was asked for.
 *
 * @throws {Refusal} 400 also for a fragment, which never stands in a request.
 */
export function targetOfUrl(url: string): Target | undefined {
  const path = url.slice(url.indexOf("/", url.indexOf("://") + 3));
  if (path.includes("#")) throw new Refusal(400);
  return targetOf(path.replace(/[?].*$/s, ""));
}

/** As {@linkcode targetOf} for a DAV:href or a Destination: a path, or a URL whatever its host. */
export function targetOfHref(href: string): Target | undefined {
  const path = href.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/]*/i, "").replace(/[?#].*$/s, "");
  return path.startsWith("/") ? targetOf(path) : undefined;
}

/** Whether LOCK is allowed there: only clients of files use it. */
export const hasLocks = (target: Target): boolean =>
  target.kind === "tree" && target.place.home === "files";

/** As {@linkcode hasLocks}, of a resource by its href. */
export const isLockable = (href: string): boolean => href.startsWith(`/dav/${homeFolders.files}/`);

function principalTarget(folder: string, rest: readonly string[]): Target | undefined {
  const kind = keyOf(principalFolders, folder);
  const name = rest[0]?.normalize("NFC");
  if (kind === undefined || name === undefined || rest.length > 1) return undefined;
  return {
    kind: "principal",
    href: principalHref(kind, name),
    place: { kind: "principal", principalKind: kind, name },
  };
}

function attachmentTarget(id: string, [fileName, ...further]: readonly string[]) {
  if (fileName === undefined || further.length > 0) return undefined;
  return {
    kind: "attachment",
    href: attachmentHref({ id, fileName }),
    place: { kind: "attachment", id },
  } as const;
}

function treeTarget(area: string | undefined, owner: string, segments: readonly string[]) {
  const home = keyOf(homeFolders, area);
  if (home === undefined) return undefined;
  return {
    kind: "tree",
    homeHref: homeHref(home, owner),
    place: { kind: "tree", home, owner, segments },
  } as const;
}

const keyOf = <K extends string>(
  table: Readonly<Record<K, string>>,
  value: string | undefined,
): K | undefined => (Object.keys(table) as K[]).find((key) => table[key] === value);

const fixed = (kind: FixedKind, href: string, below: readonly FixedTarget[] = []): FixedTarget => ({
  kind,
  href,
  below,
  place: { kind: "fixed" },
});

const homes = Object.values(homeFolders).map((folder) => fixed("homes", `/dav/${folder}/`));
const folders = principalKindsBelow(principalsHref)
  .map((kind) => fixed("principals", principalFolderHref(kind)));
const principals = fixed("principals", principalsHref, folders);
const dav = fixed("root", "/dav/", [principals, ...homes]);
const root = fixed("root", "/", [dav]);

const fixedTargets: ReadonlyMap<string, Target> = new Map([
  ...[root, dav, principals, ...folders, ...homes].map((target) =>
    [target.href.slice(1, -1), target] as const
  ),
  ["principals", principals],
]);
