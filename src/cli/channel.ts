/** Questions to another process, and its own to us, as lines of JSON. */
export interface Channel {
  /** The answer. Fails where the other one does, or ends before. */
  ask(question: string, value?: unknown): Promise<unknown>;
  /** Settles when the other one says no more. */
  readonly ended: Promise<void>;
}

/** How each question is answered. */
export type Answers = Readonly<Record<string, (value: unknown) => unknown>>;

type Message =
  | { readonly id: number; readonly question: string; readonly value?: unknown }
  | { readonly id: number; readonly answer: unknown }
  | { readonly id: number; readonly failure: string };

/** `send` gets lines with their ends; both ends of the channel are ours and of one version. */
export function openChannel(
  lines: AsyncIterable<string>,
  send: (line: string) => void,
  answers: Answers,
): Channel {
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  let asked = 0;
  const say = (message: Message) => send(`${JSON.stringify(message)}\n`);

  async function reply(id: number, question: string, value: unknown) {
    try {
      say({ id, answer: await answers[question]?.(value) });
    } catch (error) {
      say({ id, failure: String(error) });
    }
  }

  async function listen() {
    for await (const line of lines) {
      const message: Message = JSON.parse(line);
      if ("question" in message) {
        reply(message.id, message.question, message.value);
        continue;
      }
      const asker = waiting.get(message.id);
      waiting.delete(message.id);
      if ("failure" in message) asker?.reject(new Error(message.failure));
      else asker?.resolve(message.answer);
    }
    for (const { reject } of waiting.values()) reject(new Error("the other process has ended"));
    waiting.clear();
  }

  return {
    ask(question, value) {
      const id = asked++;
      const asker = Promise.withResolvers<unknown>();
      waiting.set(id, asker);
      say({ id, question, value });
      return asker.promise;
    },
    ended: listen(),
  };
}

/** Lines of UTF-8 without their ends; what comes behind the last end is none. */
export async function* linesOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<string, void> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const bytes of stream) {
    const lines = (rest + decoder.decode(bytes, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
}
