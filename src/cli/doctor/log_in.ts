import { about, type Finding } from "./finding.ts";
import type { Ask, Outcome } from "./probe.ts";
import { anySize, megabytes } from "./proxy.ts";

const { ok, warning, problem } = about("log-in");

/** What a person's program does, with a file of a random name that is gone in the end. */
export interface Steps {
  /** DAV:propfind with Depth: 0, also of a property that nobody has. */
  readonly propfind: Outcome;
  readonly put: Outcome;
  /** GET with an If-Match that does not hold. */
  readonly mismatch: Outcome;
  readonly copy: Outcome;
  /** PUT of as much as a client may send. */
  readonly large: Outcome;
  readonly remove: readonly Outcome[];
}

/** Takes the steps, as somebody who has logged in by `name`; `file` is the name of one to make. */
export async function takeSteps(
  ask: (ask: Ask) => Promise<Outcome>,
  { origin, authorization, name, file, bodyBytes }: {
    readonly origin: string;
    readonly authorization: string;
    readonly name: string;
    readonly file: string;
    readonly bodyBytes: number;
  },
): Promise<Steps> {
  const step = (method: string, path: string, headers: Ask["headers"], body?: BodyInit) =>
    ask({ method, path, headers: { authorization, ...headers }, body });
  const xml = { "content-type": "application/xml; charset=utf-8" };
  const propfind = await step("PROPFIND", "/dav/", { ...xml, depth: "0" }, propfindBody);
  const home = `/dav/files/${segmentIn(propfind) ?? encodeURIComponent(name)}`;
  const path = `${home}/${file}.txt`;
  const copyPath = `${home}/${file}-copy.txt`;
  const text = { "content-type": "text/plain" };
  const put = await step("PUT", path, { ...text, "if-none-match": "*" }, body);
  const mismatch = await step("GET", path, { "if-match": '"davit-doctor"' });
  const copy = await step("COPY", path, { destination: origin + copyPath, overwrite: "F" });
  const large = await step("PUT", path, text, new Uint8Array(bodyBytes).fill(0x20));
  const remove: Outcome[] = [];
  for (const [made, path_] of [[put, path], [copy, copyPath]] as const) {
    if (statusOf(made) === 201) remove.push(await step("DELETE", path_, {}));
  }
  return { propfind, put, mismatch, copy, large, remove };
}

const probeName = "davit-doctor";
const propfindBody = `<?xml version="1.0" encoding="utf-8"?>
<propfind xmlns="DAV:"><prop>
<current-user-principal/><${probeName} xmlns="urn:x-davit"/>
</prop></propfind>`;

/** As the account is called, whichever of its names and mail addresses was typed. */
const segmentIn = (propfind: Outcome): string | undefined =>
  propfind.kind === "answer"
    ? /\/dav\/principals\/users\/([^/<]+)\//.exec(propfind.text)?.[1]
    : undefined;

/** A little text. */
const body = "a test of davit doctor, which should be gone\n".repeat(100);

const statusOf = (outcome: Outcome): number => outcome.kind === "answer" ? outcome.status : 0;

const said = (outcome: Outcome): string =>
  outcome.kind === "answer" ? String(outcome.status) : outcome.reason;

/** Without a log-in. */
export const notTried: Finding = warning(
  "whether Authorization, Depth and If-Match arrive was not tried",
  "davit doctor … --user NAME   # makes a log-in and a file, and removes both",
);

/** Of whom it is known without trying. */
export const disabledFinding = (name: string): Finding =>
  problem(`${name} is disabled, so nobody can log in as that`, `davit user enable "${name}"`);

/** What the steps tell of the way to davit. */
export function logInFindings(steps: Steps, bodyBytes: number): Finding[] {
  const { propfind } = steps;
  if (statusOf(propfind) !== 207) return [refusedFinding(propfind)];
  return [
    ok("Authorization arrives"),
    bodyFinding(propfind),
    depthFinding(propfind),
    ...fileFindings(steps, bodyBytes),
  ];
}

function refusedFinding(propfind: Outcome): Finding {
  const says = `PROPFIND with a password is answered with ${said(propfind)}`;
  if (propfind.kind === "answer" && propfind.text.includes("propfind-finite-depth")) {
    return problem("Depth does not arrive", passDepth);
  }
  return statusOf(propfind) === 401
    ? problem(
      says,
      "let the proxy pass Authorization; or has davit there another database or password?",
    )
    : problem(says, "let the proxy pass PROPFIND to davit, and see davit's log");
}

const passDepth = "let the proxy pass the header Depth";

function bodyFinding(propfind: Outcome): Finding {
  const text = propfind.kind === "answer" ? propfind.text : "";
  return text.includes(probeName) ? ok("the body of PROPFIND arrives") : problem(
    "the body of PROPFIND does not arrive",
    "let the proxy pass bodies with every method",
  );
}

function depthFinding(propfind: Outcome): Finding {
  const text = propfind.kind === "answer" ? propfind.text : "";
  const count = text.match(/<(?:\w+:)?response[\s>]/g)?.length ?? 0;
  return count === 1 ? ok("Depth arrives") : problem(
    `Depth: 0 is answered with ${count} resources`,
    passDepth,
  );
}

function fileFindings(
  { put, mismatch, copy, large, remove }: Steps,
  bodyBytes: number,
): Finding[] {
  if (statusOf(put) !== 201) {
    const says = `a file can't be made, so no more was tried: ${said(put)}`;
    return [warning(says, whyNoFile.get(statusOf(put)) ?? "see davit's log")];
  }
  const removed = remove.every((outcome) => statusOf(outcome) === 204);
  return [
    etagFinding(put),
    statusOf(mismatch) === 412 ? ok("If-Match arrives") : problem(
      `If-Match is not obeyed: ${said(mismatch)}`,
      "let the proxy pass If-Match and If-None-Match: without them people overwrite each other",
    ),
    copyFinding(copy),
    largeFinding(large, bodyBytes),
    ...(removed ? [] : [
      warning("a file of the test could not be removed", "remove it from the person's files"),
    ]),
  ];
}

const whyNoFile: ReadonlyMap<number, string> = new Map([
  [503, "davit service files on   # and with --user NAME"],
  [507, "davit user limit NAME --quota BYTES   # or make room on the disk"],
]);

function etagFinding(put: Outcome): Finding {
  const etag = put.kind === "answer" ? put.headers.get("etag") : null;
  if (etag?.startsWith('"')) return ok("ETag comes back as davit writes it");
  return problem(
    etag === null ? "ETag does not come back" : `ETag comes back as ${etag}`,
    "let the proxy leave answers as they are: davit wants no compression (gzip off;)",
  );
}

function copyFinding(copy: Outcome): Finding {
  if (statusOf(copy) === 201) return ok("Destination arrives and is understood");
  return problem(
    `COPY is answered with ${said(copy)}`,
    statusOf(copy) === 502
      ? "DAVIT_BASE_URL=https://…   # as people see it; or proxy_set_header Host $http_host;"
      : "let the proxy pass the headers Destination and Overwrite",
  );
}

function largeFinding(large: Outcome, sizeBytes: number): Finding {
  const size = megabytes(sizeBytes);
  if (statusOf(large) === 204 || statusOf(large) === 201) return ok(`a file of ${size} arrives`);
  return problem(
    `a file of ${size} is answered with ${said(large)}`,
    statusOf(large) === 507 ? "DAVIT_QUOTA_BYTES=…   # there is no room for it" : anySize,
  );
}
