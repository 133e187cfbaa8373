import { about, type Finding } from "./finding.ts";
import { type Answer, type Outcome, refusesPath, refusesPlainHttp } from "./probe.ts";

const { ok, warning, problem } = about("proxy");

/** Whether davit is at the URL at all; the others make sense only where it is. */
export function reachedFinding(url: URL, outcome: Outcome): Finding {
  if (outcome.kind === "failure") {
    return problem(
      `${url.origin} can't be reached: ${outcome.reason}`,
      "davit serve   # and the proxy before it: do they run, and does the firewall let them?",
    );
  }
  if (refusesPlainHttp(outcome)) {
    const says = "davit takes the connection for plain HTTP, and refuses passwords";
    return url.protocol === "https:"
      ? problem(says, ...trustLines)
      : problem(says, `davit doctor --url https://${url.host}   # programs need that, too`);
  }
  if (outcome.ours) return ok(`davit answers at ${url.origin}`);
  const realm = /realm="?([^",]*)/i.exec(outcome.headers.get("www-authenticate") ?? "")?.[1];
  return outcome.status === 401
    ? problem(
      `somebody before davit asks for a password, for "${realm ?? ""}"`,
      "take the password off /dav/ and /.well-known/ in the proxy: davit asks for its own",
    )
    : problem(
      `it is not davit that answers at ${url.origin}/dav/: ${said(outcome)}`,
      "let the proxy pass /dav/ and /.well-known/caldav to davit, with their whole paths",
    );
}

const trustLines = [
  "DAVIT_TRUSTED_PROXIES=127.0.0.1   # the proxy's address, as davit sees it",
  "proxy_set_header X-Forwarded-Proto $scheme;   # nginx; and X-Forwarded-For",
] as const;

/** Whether each method reaches davit. */
export function methodsFinding(outcomes: ReadonlyMap<string, Outcome>): Finding {
  const swallowed = [...outcomes].flatMap(([method, outcome]) =>
    outcome.kind === "answer" && outcome.ours ? [] : [{ method, how: how(outcome) }]
  );
  if (swallowed.length === 0) return ok(`all ${outcomes.size} methods reach davit`);
  const methods = swallowed.map(({ method }) => method).join(", ");
  const hows = [...new Set(swallowed.map(({ how }) => how))].join(", ");
  return problem(
    `these methods do not reach davit: ${methods} (${hows})`,
    `let the proxy pass ${methods}, and whatever other method comes`,
  );
}

const how = (outcome: Outcome): string =>
  outcome.kind === "failure" ? outcome.reason : said(outcome);

/** Who answers what. */
const said = ({ status, headers }: Answer): string => {
  const server = headers.get("server");
  return server === null ? `${status}` : `${status} from ${server}`;
};

/**
 * Whether paths arrive as they were sent: `slash` with an escaped slash, which makes a place of two
 * where it is decoded; `broken` with an escape that davit refuses, and would not refuse escaped anew.
 */
export function pathsFinding({ slash, broken }: Record<"slash" | "broken", Outcome>): Finding {
  if (slash.kind === "failure" || broken.kind === "failure") {
    const reason = [slash, broken].map((one) => one.kind === "failure" ? one.reason : "").join(" ");
    return warning(`whether paths arrive as they are can't be told: ${reason.trim()}`, passPaths);
  }
  if (!slash.ours || slash.status === 404) {
    return warning(`%2F in a path does not reach davit (${said(slash)})`, passPaths);
  }
  if (!broken.ours && broken.status === 400) return ok("%2F in a path arrives as it is");
  if (!refusesPath(broken)) {
    return warning("the proxy escapes what is escaped already", passPaths);
  }
  return ok("escapes in a path arrive as they are");
}

const passPaths =
  "proxy_pass http://127.0.0.1:8080;   # nginx: no path behind it; Apache: nocanon, AllowEncodedSlashes";

/** Whether as much as a client may send gets through; tried without a log-in. */
export function bodyFinding(outcome: Outcome, sizeBytes: number): Finding {
  const size = megabytes(sizeBytes);
  if (outcome.kind === "answer" && outcome.ours) return ok(`bodies of ${size} reach davit`);
  if (outcome.kind === "answer" && outcome.status === 413) {
    return problem(`a body of ${size} does not reach davit (${said(outcome)})`, anySize);
  }
  // davit may hang up on a body that it does not want from a stranger.
  return warning(
    `whether bodies of ${size} reach davit can't be told without a log-in (${how(outcome)})`,
    "davit doctor … --user NAME",
  );
}

export const anySize = "client_max_body_size 0;   # nginx: davit has limits of its own";

export const megabytes = (bytes: number): string =>
  `${Math.round(bytes / 1024 / 1024 * 10) / 10} MiB`;
