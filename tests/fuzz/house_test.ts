import { assert, assertEquals } from "@std/assert";
import { createApp, tables } from "../../src/app.ts";
import { connect, type Connection } from "../../src/store/connection.ts";
import { statement } from "../../src/store/executor.ts";
import { D } from "../../src/xml/names.ts";
import { readXml } from "../../src/xml/read.ts";
import { childNamed } from "../../src/xml/tree.ts";
import { documentXml } from "../../src/xml/write.ts";
import { basic, openHouse } from "../harness.ts";
import type { Random } from "../seeded.ts";
import { calendar, files, objects, tasks, type Template, templates } from "./corpus.ts";
import {
  icalGrammar,
  inHeader,
  mutated,
  mutatedBytes,
  tokenGrammar,
  xmlGrammar,
} from "./mutate.ts";
import { mutatedTree } from "./mutate_tree.ts";
import { fuzz } from "./run.ts";

Deno.test("fuzz: whole requests are answered, and what is refused changes nothing", async () => {
  const settings = { calendarObjectBytes: 100_000, xmlBytes: 100_000, fileBytes: 50_000 };
  await using house = await openHouse({ settings });
  const errors: unknown[] = [];
  const app = createApp({
    ...house.services,
    log: (level, event, fields) => level === "error" && errors.push({ event, ...fields }),
  });
  const beside = connect(house.file);
  const seen = new Map<number, number>();
  try {
    await fuzz({ short: 2_000, full: 600_000, together: 50 }, async (random) => {
      const state = await putBack(app, beside);
      return () => {
        const request = requestLike(filled(random.pick(templates), state), random);
        const before = contentOf(beside);
        return async () => {
          const answer = await answerOf(await app.fetch(request, { remoteAddress: "127.0.0.1" }));
          assertEquals(errors, []);
          check(request, answer);
          if (isRefused(request, answer)) assertEquals(contentOf(beside), before);
          seen.set(answer.status, (seen.get(answer.status) ?? 0) + 1);
        };
      };
    });
  } finally {
    beside.close();
  }
  console.log("answers:", [...seen].toSorted().map(([status, n]) => `${status}: ${n}`).join(", "));
  assert((seen.get(207) ?? 0) > 100 && (seen.get(201) ?? 0) > 40);
});

type App = ReturnType<typeof createApp>;

/** What templates name. */
interface State {
  readonly etag: string;
  readonly lock: string;
  readonly token: string;
}

/** The house as it is in the beginning. What a seed's cases do is not to depend on those before. */
async function putBack(app: App, beside: Connection): Promise<State> {
  beside.exec(
    `BEGIN IMMEDIATE;
    DELETE FROM locks; DELETE FROM objects; DELETE FROM properties; DELETE FROM login_failures;
    DELETE FROM collections WHERE parent_id IS NOT NULL AND kind IN ('calendar', 'files');
    DELETE FROM tombstones; DELETE FROM versions; DELETE FROM blobs;
    COMMIT;`,
  );
  const ask = async (method: string, path: string, body?: string, headers = {}) => {
    const type = method === "PUT" ? typeOf(path) : "application/xml";
    const request = new Request(`http://localhost${path}`, {
      method,
      headers: { authorization, "content-type": type, ...headers },
      body,
    });
    return await app.fetch(request, { remoteAddress: "127.0.0.1" });
  };
  const put = async (method: string, path: string, body?: string) => {
    const response = await ask(method, path, body);
    await response.body?.cancel();
    assert(response.ok, `${method} ${path}: ${response.status}`);
    return response.headers;
  };
  await put("MKCALENDAR", calendar);
  await put("MKCALENDAR", tasks);
  for (const [name, index] of [["a", 0], ["b", 1], ["c", 2], ["d", 5]] as const) {
    await put("PUT", `${calendar}${name}.ics`, objects[index]);
  }
  await put("PUT", `${tasks}t.ics`, objects[3]);
  await put("MKCOL", `${files}docs/`);
  const headers = await put("PUT", `${files}x.txt`, "0123456789".repeat(20));
  const lock = await put(
    "LOCK",
    `${files}docs/`,
    '<lockinfo xmlns="DAV:"><lockscope><exclusive/></lockscope><locktype><write/></locktype></lockinfo>',
  );
  const token = await ask(
    "PROPFIND",
    calendar,
    '<propfind xmlns="DAV:"><prop><sync-token/></prop></propfind>',
    { depth: "0" },
  );
  return {
    etag: headers.get("etag") ?? "",
    lock: lock.get("lock-token")?.replace(/[<>]/g, "") ?? "",
    token: /data:[^<]*/.exec(await token.text())?.[0] ?? "",
  };
}

const typeOf = (path: string): string => path.endsWith(".ics") ? "text/calendar" : "text/plain";

function filled({ method, path, headers = {}, body }: Template, state: State): Template {
  const fill = (text: string) =>
    text.replace(/\{(etag|lock|token)\}/g, (_, name: keyof State) => state[name]);
  return {
    method,
    path,
    headers: Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name, fill(value)]),
    ),
    body: body && fill(body),
  };
}

/** A template with some of its parts changed, or put together with another's. */
function requestLike(template: Template, random: Random): Request {
  const other = random.pick(templates);
  const method = random.chance(0.95) ? template.method : methodLike(other.method, random);
  const path = random.chance(0.9) ? template.path : pathLike(template, other, random);
  const body = random.chance(0.3) ? template.body : bodyLike(template, other, random);
  const headers = new Headers();
  for (const [name, value] of Object.entries({ ...template.headers, authorization })) {
    const rarely = name === "authorization" ? 0.01 : 0.1;
    if (random.chance(rarely / 3)) continue;
    const changed = random.chance(rarely) ? mutated(value, random, tokenGrammar) : value;
    headers.append(name, inHeader(changed));
    if (random.chance(0.01)) headers.append(name, inHeader(value));
  }
  if (random.chance(0.1)) {
    const [name, value] = random.pick(Object.entries(other.headers ?? { brief: "t" }));
    headers.append(name, inHeader(mutated(value, random, tokenGrammar)));
  }
  const bodiless = /^(get|head)$/i.test(method);
  const request = new Request("http://localhost/", {
    method,
    headers,
    body: bodiless ? null : body,
  });
  // As Deno.serve gives them: a parser would have put in order what there is to read, and in Deno 2.4
  // the method `constructor` would be a function.
  return Object.defineProperties(request, {
    method: { value: method },
    url: { value: `http://localhost${path}` },
  });
}

const authorization = basic("alice", "alice");

const methodLike = (method: string, random: Random): string =>
  random.chance(0.8)
    ? method
    : mutated(method, random, tokenGrammar).replace(/[^\w-]|^(connect|trace|track)$/gi, "")
      .slice(0, 100) || "X";

function pathLike(template: Template, other: Template, random: Random): string {
  const path = random.chance(0.2)
    ? other.path
    : mutated(template.path, random, tokenGrammar).replace(/[^\x21-\x7e]/g, "").slice(0, 60_000);
  return path.startsWith("/") ? path : `/${path}`;
}

/** Now and then of unknown length. */
function bodyLike(template: Template, other: Template, random: Random): BodyInit {
  const text = (random.chance(0.1) ? other.body : template.body) ?? "";
  const bytes = bytesLike(text, random);
  return random.chance(0.8) ? bytes : ReadableStream.from([bytes]);
}

function bytesLike(text: string, random: Random): Uint8Array<ArrayBuffer> {
  if (random.chance(0.1)) return mutatedBytes(encoded(text), random);
  if (!text.startsWith("<?xml")) return encoded(mutated(text, random, icalGrammar));
  return encoded(
    random.chance(0.7)
      ? documentXml(mutatedTree(readXml(encoded(text)), random))
      : mutated(text, random, xmlGrammar),
  );
}

const encoded = (text: string): Uint8Array<ArrayBuffer> =>
  new Uint8Array(new TextEncoder().encode(text));

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly bytes: Uint8Array;
}

const answerOf = async (response: Response): Promise<Answer> => ({
  status: response.status,
  type: response.headers.get("content-type") ?? "",
  bytes: await response.bytes(),
});

/** An answer may be longer than a request. */
const answerBounds = { xmlDepth: 1_000, xmlNodes: Infinity, xmlAttributes: Infinity };

/** Fails where an answer breaks what must always hold. */
function check(request: Request, answer: Answer): void {
  const { method, url } = request;
  const { status, type, bytes } = answer;
  assert(status < 500 || mayFail(request, answer), `${method} ${url}: ${status}`);
  if (!type.includes("xml") || bytes.length === 0 || method === "GET") return;
  const root = readXml(bytes, answerBounds);
  if (status === 207) assertEquals(root.name, D.multistatus);
}

/** PROPPATCH is all or nothing (RFC 4918 §9.2). */
const isRefused = ({ method }: Request, { status, bytes }: Answer): boolean =>
  status >= 400 || method === "PROPPATCH" && / [45]\d\d /.test(new TextDecoder().decode(bytes));

/**
 * 501 to methods that nobody has, 502 to a Destination elsewhere (RFC 4918 §9.8.5), 507 to a report
 * on what has no end (RFC 4791 §7.10), with its element.
 */
const mayFail = ({ method, headers }: Request, { status, bytes }: Answer): boolean =>
  status === 501 && !tables.methods.some(({ name }) => name === method) ||
  status === 502 && headers.has("destination") && ["COPY", "MOVE"].includes(method) ||
  status === 507 && method === "REPORT" &&
    childNamed(readXml(bytes), D.numberOfMatchesWithinLimits) !== undefined;

/** What moves with every change of what clients see. */
const contentOf = (beside: Connection): unknown =>
  Array.from(
    beside.run(statement(
      `SELECT (SELECT commit_number FROM database), (SELECT count(*) FROM objects),
      (SELECT group_concat(token || expires) FROM locks)`,
    ))[0] ?? [],
  );
