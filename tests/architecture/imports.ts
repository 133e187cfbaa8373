/** Who may import whom, after the house rules: every folder of src/ has its row here. */

/** A module, by its path from the repository's root. */
export interface Source {
  readonly path: string;
  readonly text: string;
}

/** One import or re-export: of a file, by its path from the root, or of a package, as it is named. */
export interface Import {
  readonly from: string;
  readonly to: string;
  readonly typesOnly: boolean;
}

/** The nouns of the house, for everybody. */
const forAll = ["model.ts", "change.ts", "refusal.ts", "limits.ts"];
const namesForAll = "src/xml/names.ts";

const rooms = ["calendar", "scheduling", "ical", "access"];
const behindDoors = [...rooms, "xml", "http", "services.ts", "turns.ts", "steps.ts", "store"];

const ofHosts = ["config.ts", "log.ts", "upkeep.ts"];

/** Each unit, a folder or a file of its own, with the units that it may import besides `forAll`. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  "main.ts": ["cli"],
  "app.ts": ["dav", "caldav", "files", "tzdist", "web", "mail", ...behindDoors],
  "worker.ts": ["app.ts", "mail", "store", "http", "services.ts", ...ofHosts],
  "log.ts": ["config.ts", "services.ts"],
  "upkeep.ts": ["calendar", "services.ts"],
  "services.ts": ["config.ts", "store"],
  "config.ts": ["setting_schemas.ts", "shape.ts"],
  "setting_schemas.ts": [],
  "shape.ts": [],
  "turns.ts": [],
  "steps.ts": [],

  "cli": [
    "app.ts",
    "dav",
    ...behindDoors,
    ...ofHosts,
    "setting_schemas.ts",
    "shape.ts",
    "deno.json",
  ],
  "dav": behindDoors,
  "caldav": ["dav", ...behindDoors],
  "files": ["dav", ...behindDoors],
  "tzdist": ["dav", "ical", "http"],
  "web": ["dav", ...behindDoors, "shape.ts"],
  "mail": ["dav", ...behindDoors],

  "calendar": ["scheduling", "ical", "access", "steps.ts", "store"],
  "scheduling": ["ical"],
  "ical": ["steps.ts"],
  "access": ["store", "services.ts", "turns.ts"],

  "store": ["migrations"],
  "xml": ["steps.ts"],
  "http": [],
  "model.ts": [],
  "change.ts": ["model.ts"],
  "refusal.ts": [],
  "limits.ts": [],
};

/** Who opens a database; all others see no more of `store` than the types of its interface. */
const opensStores = ["cli", "worker.ts", "store"];
const storeInterface: readonly string[] = ["src/store/store.ts", "src/store/questions.ts"];

/** Packages and builtins of Node, with the units that may import them. */
const owners: Readonly<Record<string, readonly string[]>> = {
  "@libsql/client/web": ["store"],
  "libsql": ["store"],
  "cldr-core": ["ical"],
  "node:timers": ["upkeep.ts"],
  "fast-xml-parser": ["xml"],
  "ical.js": ["ical"],
  "hono": ["app.ts", "http"],
  "commander": ["cli"],
  "prom-client": ["cli"],
  "ipaddr.js": ["setting_schemas.ts", "http", "access", "cli"],
  "valibot": ["shape.ts", "config.ts", "setting_schemas.ts", "cli", "web"],
  "node:buffer": ["access", "http"],
  "node:crypto": ["access", "cli", "dav", "ical"],
  "node:path": ["cli"],
  "node:process": ["worker.ts", "cli"],
};

/** A sentence for each import that points the wrong way. */
export function wrongImports(sources: readonly Source[]): string[] {
  return sources.flatMap(importsOf).flatMap((one) => {
    const reason = fault(one);
    return reason === undefined ? [] : [`${one.from} imports ${one.to}: ${reason}`];
  });
}

/** Each circle of imports, as the paths along it; types count, since they are read as well. */
export function circles(sources: readonly Source[]): string[] {
  const imports = graphOf(sources);
  const done = new Set<string>();
  const walk = (path: string, along: readonly string[]): string[] => {
    if (along.includes(path)) return [[...along.slice(along.indexOf(path)), path].join(" → ")];
    if (done.has(path)) return [];
    const found = (imports.get(path) ?? []).flatMap((next) => walk(next, [...along, path]));
    done.add(path);
    return found;
  };
  return [...imports.keys()].flatMap((path) => walk(path, []));
}

/** All that is loaded with `entry`: files and packages. Types are not. */
export function reached(sources: readonly Source[], entry: string): Set<string> {
  const imports = graphOf(sources, (one) => !one.typesOnly);
  const seen = new Set<string>();
  const walk = (path: string): void => {
    if (seen.has(path)) return;
    seen.add(path);
    imports.get(path)?.forEach(walk);
  };
  walk(entry);
  return seen;
}

/** Modules that name `Deno` without being of the host. */
export const namingDeno = (sources: readonly Source[]): string[] =>
  sources
    .filter(({ path }) => !["main.ts", "cli"].includes(unitOf(path)))
    .filter(({ text }) => /\bDeno\b/.test(withoutStrings(withoutComments(text))))
    .map(({ path }) => path);

/** What a module imports and re-exports, also by `import()`. */
export function importsOf({ path, text }: Source): Import[] {
  return [...withoutComments(text).matchAll(importPattern)].map(({ groups = {} }) => {
    const { clause = "", target = "" } = groups;
    return { from: path, to: resolved(path, target), typesOnly: namesTypesOnly(clause) };
  });
}

const importPattern = new RegExp(
  [
    /^\s*(?:import|export)\s+(?<clause>(?:type\s+)?(?:[\w$*]+(?:\s+as\s+[\w$]+)?)?[\s,]*(?:\{[^}]*\})?)\s*from\s*"(?<target>[^"]+)"/,
    /^\s*import\s*"(?<target>[^"]+)"/,
    /\bimport\(\s*"(?<target>[^"]+)"/,
  ].map(({ source }) => source).join("|"),
  "gm",
);

function namesTypesOnly(clause: string): boolean {
  if (/^type\s/.test(clause)) return true;
  const names = clause.match(/^\{([^}]*)\}$/)?.[1]?.split(",").map((name) => name.trim());
  return names?.filter((name) => name !== "").every((name) => name.startsWith("type ")) ?? false;
}

function resolved(from: string, target: string): string {
  return target.startsWith(".") ? new URL(target, `file:///${from}`).pathname.slice(1) : target;
}

/** `src/dav/report.ts` → `dav`, `src/app.ts` → `app.ts`, `main.ts` → `main.ts`. */
const unitOf = (path: string): string => path.replace(/^src\//, "").split("/", 1)[0] ?? path;

const isFile = (path: string): boolean => /\.(ts|tsx|sql|json)$/.test(path) && !path.includes(":");

function fault({ from, to, typesOnly }: Import): string | undefined {
  const importer = unitOf(from);
  const allowed = mayImport[importer];
  if (allowed === undefined) return `${importer} has no row in the table of who may import whom`;
  const owner = owners[to] ?? owners[packageOf(to)];
  if (owner || !isFile(to)) {
    return owner?.includes(importer) ? undefined : `this belongs to ${owner ?? "nobody"}`;
  }
  const imported = unitOf(to);
  if (imported === importer || to === namesForAll) return undefined;
  if (forAll.includes(imported) && !forAll.includes(importer)) return undefined;
  if (!allowed.includes(imported)) return `${importer} may import ${allowed} only`;
  if (imported !== "store" || opensStores.includes(importer)) return undefined;
  return storeInterface.includes(to) && typesOnly
    ? undefined
    : `only types, of ${storeInterface.join(" and ")}`;
}

/** `hono/body-limit` → `hono`, `@libsql/client/web` → `@libsql/client`. */
const packageOf = (name: string): string => name.match(/^(@[^/]+\/)?[^/]+/)?.[0] ?? name;

function graphOf(
  sources: readonly Source[],
  keep: (one: Import) => boolean = () => true,
): Map<string, string[]> {
  return new Map(
    sources.map((source) => [source.path, importsOf(source).filter(keep).map(({ to }) => to)]),
  );
}

/** Strings first, so that `"//"` begins no comment. */
const stringsAndComments =
  /("(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`)|\/\/.*|\/\*[^]*?\*\//g;

const withoutComments = (text: string): string =>
  text.replace(stringsAndComments, (_, string: string | undefined) => string ?? " ");

const withoutStrings = (text: string): string => text.replace(stringsAndComments, '""');
