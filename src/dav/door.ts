import type { Authenticator, Login, Verified } from "../access/authenticate.ts";
import type { GuardedMethod } from "../access/needed_privileges.ts";
import type { TakeTurn } from "../turns.ts";
import type { RequestBody } from "../http/body.ts";
import type { Zones } from "../ical/moment.ts";
import type { Change, PropertyHolder } from "../change.ts";
import type { CollectionKind, HomeKind, StoredObject } from "../model.ts";
import type { Refusal } from "../refusal.ts";
import type { Services } from "../services.ts";
import type { PrincipalCondition, Question, Snapshot, TextPlace } from "../store/questions.ts";
import type { XmlElement, XmlNode } from "../xml/tree.ts";
import type { XmlName } from "../xml/names.ts";
import type { CollectionResource, Kind, Resource } from "./resource.ts";
import type { Target } from "./target.ts";
import type { Variant } from "./variant.ts";

/** A request as the methods see it: its URL is read, and there are credentials. */
export interface DavRequest {
  readonly row: Method;
  readonly target: Target;
  /** Raw. */
  readonly url: string;
  /** Scheme and host that clients see, without a slash at its end. */
  readonly origin: string;
  readonly headers: Headers;
  readonly body: RequestBody;
  readonly login: Login;
  /** Whose log-in it was, as far as that is remembered: the load batch tells whether it still is. */
  readonly verified: Verified;
  /** The client's, for the count of wrong log-ins. */
  readonly address: string;
}

/** A row of the method table. Dispatch and `Allow` read the same rows. */
export interface Method {
  readonly name: GuardedMethod;
  /** The tree that it is for; without it, every URL. */
  readonly home?: HomeKind;
  /** Kinds of resource that have it. */
  readonly on: readonly Kind[];
  /** Kinds of collection in which it makes a resource at a URL that has none. */
  readonly creates: readonly CollectionKind[];
  /** The answer at a URL that has a resource, where the method only makes new ones; else 405. */
  readonly occupied?: () => Refusal;
  handle(request: DavRequest, door: Door): Promise<Response>;
}

/** A row of the report table. Dispatch and DAV:supported-report-set read the same rows. */
export interface Report {
  readonly name: XmlName;
  readonly on: readonly Kind[];
  /** What it needs on the resource; without this DAV:read. */
  readonly needs?: XmlName;
  /** What is to be loaded with the resource. */
  readonly wants?: Pick<Question, "children">;
  /** What a body is refused with that is too long to be read; without this 400. */
  readonly tooLong?: () => Refusal;
  /** As `tooLong`, of one that is too deep: `read` is what comes before that. */
  readonly tooDeep?: (read: XmlElement) => Refusal | undefined;
  run(
    body: XmlElement,
    resource: Resource,
    request: DavRequest,
    door: Door,
    beside: Beside,
  ): Promise<Response>;
}

/** What was loaded with a resource. */
export interface Beside {
  readonly snapshot: Snapshot;
  /** The collection that the resource is in, if that is one of the database. */
  readonly parent?: CollectionResource;
}

/** Where a property is to be set: a resource that is there, or is made by the same request. */
export interface SettingTarget {
  readonly kind: Kind;
  readonly holder: PropertyHolder;
  /** Id of the principal who sets it. */
  readonly asker: number;
  /** UTC epoch milliseconds. */
  readonly at: number;
}

/** How an answer is to look. */
export interface Look {
  /** `Prefer: return=minimal`: nothing is said of properties that are not there (RFC 8144 §2.1). */
  readonly minimal: boolean;
  /** Of calendar objects; undefined: as they were PUT. */
  readonly variant?: Variant;
  /** CALDAV:calendar-data of an object by its content, as XML has it, with marks for large values. */
  readonly calendarData?: (content: StoredObject) => string;
  /** Works that out before it is asked for; what takes its time while others are answered. */
  readonly prepare?: (content: StoredObject) => Promise<void> | void;
}

/** All about one property in one place; PROPFIND, PROPPATCH and reports are folds over the rows. */
export interface LiveProperty<K extends Kind = Kind> {
  readonly name: XmlName;
  /** Kinds of resource that have it; elsewhere it is a dead property, or 404. */
  readonly on: readonly K[];
  /** Whether DAV:allprop tells it (RFC 4918 §9.1: cheap ones of RFC 4918 itself). */
  readonly allprop: boolean;
  /**
   * The content, or undefined where this one resource has none: 404. `asked` is the element in the
   * request, which may say more than its name.
   *
   * @throws {Refusal} what is said of this property of this resource, in place of the content.
   */
  get(
    resource: Resource<K>,
    door: Door,
    asked: XmlElement,
    look: Look,
  ): readonly XmlNode[] | undefined;
  /** Whether it looks at no more of an object than its {@linkcode ObjectTag}. */
  readonly ofTag?: boolean;
  /** As it goes into an answer, instead of `get`: the content written out, with marks. */
  written?(resource: Resource<K>, look: Look): string | undefined;
  /** How principals are searched by it; without this they are not. */
  readonly search?: PropertySearch;
  /** The changes that set it; null removes it. Without this: protected, 403. */
  set?(value: XmlElement | null, target: SettingTarget): readonly Change[];
}

/** A property of principals as one that is searched (RFC 3744 §9.4, §9.5). */
export interface PropertySearch {
  /** English, for DAV:description. */
  readonly description: string;
  /**
   * That one of its values holds the text.
   *
   * @throws {Refusal} 400 where no value ever could.
   */
  condition(text: string, place: TextPlace): PrincipalCondition;
}

/** What the doors serve; gathered in `app.ts`. */
export interface Tables {
  readonly methods: readonly Method[];
  readonly reports: readonly Report[];
  readonly properties: readonly LiveProperty[];
}

/** What every DAV method and report is given. */
export interface Door {
  readonly services: Services;
  readonly tables: Tables;
  /** The `DAV` header for a URL. */
  readonly davHeaderFor: (target: Target) => string;
  /** The rows for a kind, by name. */
  readonly propertiesOn: (kind: Kind) => ReadonlyMap<XmlName, LiveProperty>;
  /** Live properties that clients set on no kind of resource, and so nowhere. */
  readonly protectedNames: ReadonlySet<XmlName>;
  readonly authenticator: Authenticator;
  /** Time zones that have been worked out; floating times are those of UTC. */
  readonly zones: Zones;
  /** Changes that would collide go one after another. */
  readonly takeTurn: TakeTurn;
}

/** The rows for the tree that a URL is in. */
export const methodsFor = ({ methods }: Tables, target: Target): Method[] =>
  methods.filter(({ home }) =>
    home === undefined || (target.kind === "tree" && target.place.home === home)
  );

/** The methods of a resource of this kind, for `Allow`. */
export const methodsOn = (rows: readonly Method[], kind: Kind): string[] =>
  names(rows.filter(({ on }) => on.includes(kind)));

/** The methods of a URL in this collection that has no resource. */
export const methodsIn = (rows: readonly Method[], parent: CollectionResource): string[] =>
  names(rows.filter(({ creates }) => creates.includes(parent.kind)));

const names = (rows: readonly Method[]): string[] => [...new Set(rows.map(({ name }) => name))];
