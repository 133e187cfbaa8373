/** Recorded sessions of real clients, as `shared/clients/traces/README.md` says how they are written. */

/** A message of a recorded exchange; names of headers are in lower case. */
interface Message {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface Exchange {
  /** From 1. */
  readonly number: number;
  readonly request: Message & { readonly method: string; readonly path: string };
  /** Another server's. */
  readonly answer: Message & { readonly status: number };
}

export function exchangesIn(text: string): Exchange[] {
  const [, ...recorded] = text.split(/^### .*\n/m);
  return recorded.map((lines, index) => {
    const request = messageIn(lines, ">");
    const answer = messageIn(lines, "<");
    const [method = "", path = ""] = request.first.split(" ");
    const status = Number(answer.first.split(" ")[1]);
    return {
      number: index + 1,
      request: { ...request, method, path },
      answer: { ...answer, status },
    };
  });
}

/** The lines that begin with this mark; an empty one ends the headers. */
function messageIn(text: string, mark: ">" | "<"): Message & { readonly first: string } {
  const lines = text.split("\n")
    .filter((line) => line.startsWith(mark))
    .map((line) => line.slice(1).replace(/^ /, ""));
  const end = lines.includes("") ? lines.indexOf("") : lines.length;
  const [first = "", ...fields] = lines.slice(0, end);
  const headers = Object.fromEntries(fields.map((field) => {
    const [name = "", ...value] = field.split(":");
    return [name.toLowerCase(), value.join(":").trim()];
  }));
  // What is calendar data as a whole was sent with CRLF; its Content-Length says so.
  const isCalendar = headers["content-type"]?.startsWith("text/calendar");
  const body = lines.slice(end + 1).join(isCalendar ? "\r\n" : "\n");
  return { first, headers, body };
}
