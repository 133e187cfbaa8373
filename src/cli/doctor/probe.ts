/** An answer as far as it tells who has given it. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** Its beginning. */
  readonly text: string;
  /** Whether it came from davit itself, not from somebody on the way. */
  readonly ours: boolean;
}

/** What came of a request. */
export type Outcome =
  | Answer & { readonly kind: "answer"; readonly sentMs: number; readonly comeMs: number }
  | { readonly kind: "failure"; readonly reason: string };

export interface Ask {
  readonly method: string;
  /** Escaped as it is to be sent. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: BodyInit;
}

/** Sends requests to one server, from connections of its own. */
export interface Prober extends Disposable {
  ask(ask: Ask): Promise<Outcome>;
}

const patienceMs = 20_000;
const textChars = 4_000;

export function createProber(url: URL): Prober {
  const client = Deno.createHttpClient({ poolIdleTimeout: false });
  return {
    async ask({ method, path, headers, body }) {
      const sentMs = Date.now();
      try {
        const response = await fetch(url.origin + path, {
          method,
          headers,
          body,
          client,
          redirect: "manual",
          signal: AbortSignal.timeout(patienceMs),
        });
        const comeMs = Date.now();
        const text = (await response.text()).slice(0, textChars);
        const { status, headers: given } = response;
        const answer = { status, headers: given, text };
        return { kind: "answer", ...answer, ours: isOurs(answer), sentMs, comeMs };
      } catch (error) {
        return { kind: "failure", reason: reasonOf(error) };
      }
    },
    [Symbol.dispose]: () => client.close(),
  };
}

/**
 * davit says which it is where it asks for a password, and says what it can on every answer of its
 * DAV side; the rest is known by its words.
 */
export function isOurs({ status, headers, text }: Omit<Answer, "ours">): boolean {
  if (status === 401) return /^Basic realm="davit"/.test(headers.get("www-authenticate") ?? "");
  return headers.has("dav") || refusesPlainHttp({ status, text }) || refusesPath({ status, text });
}

/** See `src/dav/serve.ts`. */
export const refusesPlainHttp = ({ status, text }: Pick<Answer, "status" | "text">): boolean =>
  status === 403 && text.startsWith("passwords are taken over TLS");

/** See `src/http/path.ts`. */
export const refusesPath = ({ status, text }: Pick<Answer, "status" | "text">): boolean =>
  status === 400 && text.startsWith("The path can't be read");

/** What the library says of the cause says more. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}
