import { bound, type Cell, type Row, type Statement } from "../executor.ts";
import {
  bytesOf,
  doubleField,
  type Field,
  field,
  fieldsOf,
  integerField,
  type Message,
  message,
  signed,
  signedField,
  textField,
} from "./protobuf.ts";

/**
 * A request of Hrana 3 over HTTP, as Protobuf, in which bytes are not made into text: a stream that is
 * opened, runs these statements, and is closed. All of them or none where they write. It is made in
 * `memory` where that is large enough.
 */
export function batchRequest(
  statements: readonly Statement[],
  { writes, memory }: { readonly writes: boolean; readonly memory?: ArrayBuffer },
): Uint8Array<ArrayBuffer> {
  const steps = writes
    ? [
      step("BEGIN IMMEDIATE"),
      ...statements.map((statement, index) => stepOf(statement, ok(index))),
      step("COMMIT", ok(statements.length)),
      step("ROLLBACK", field(3, ok(statements.length + 1))),
    ]
    : statements.map((statement) => stepOf(statement));
  const batch = field(1, message(...steps.map((one) => field(1, one))));
  const requests = [field(3, batch), field(1, message())];
  return bytesOf(message(...requests.map((one) => field(2, one))), memory);
}

/** What a server says is wrong. */
export class HranaError extends Error {
  override readonly name = "HranaError";

  constructor(
    message: string,
    /** `SQLITE_CONSTRAINT` and others. */
    readonly code: string,
    /** Of which statement; undefined: of none. */
    readonly index?: number,
  ) {
    super(message);
  }
}

/**
 * The rows of each statement.
 *
 * @throws {HranaError} One failed.
 */
export function batchRows(
  answer: Uint8Array,
  count: number,
  { writes }: { readonly writes: boolean },
): Row[][] {
  const result = firstIn(answer, 3);
  for (const error of messagesIn(result, 2)) throw errorOf(error);
  const batch = [1, 3, 1].reduce(firstIn, result);
  const before = writes ? 1 : 0;
  for (const entry of messagesIn(batch, 2)) {
    const [key = 0, error = nothing] = entryOf(entry);
    throw errorOf(error, Math.max(0, Math.min(key - before, count)));
  }
  const rows = Array.from({ length: count }, (): Row[] => []);
  for (const entry of messagesIn(batch, 1)) {
    const [key, result] = entryOf(entry);
    rows[key - before]?.push(...messagesIn(result, 2).map(rowOf));
  }
  return rows;
}

/** Of a step that goes on where the one before has succeeded; it is told rows. */
const stepOf = ({ sql, args }: Statement, condition?: Message): Message =>
  step(sql, condition, args.map((argument) => field(3, valueOf(bound(argument)))));

const step = (sql: string, condition?: Message, args: readonly Message[] = []): Message =>
  message(
    ...(condition ? [field(1, condition)] : []),
    field(2, message(textField(1, sql), ...args, integerField(5, 1n))),
  );

const ok = (step: number): Message => integerField(1, BigInt(step));

function valueOf(value: ReturnType<typeof bound>): Message {
  if (value === null) return field(1, message());
  if (typeof value === "bigint") return signedField(2, value);
  if (typeof value === "number") return doubleField(3, value);
  return typeof value === "string" ? textField(4, value) : field(5, value);
}

const rowOf = (row: Uint8Array): Row =>
  messagesIn(row, 1).map((value): Cell => {
    const [found] = fieldsOf(value);
    return found ? cellOf(found) : null;
  });

/** Bytes in memory of their own, so that nothing holds the whole answer. */
function cellOf({ number, value }: Field): Cell {
  if (typeof value === "bigint") return Number(signed(value));
  if (typeof value === "number") return value;
  if (number === 1) return null;
  return number === 4 ? utf8.decode(value) : value.slice();
}

/** An entry of a map by numbers. */
function entryOf(entry: Uint8Array): [key: number, value: Uint8Array] {
  let key = 0;
  let content: Uint8Array = nothing;
  for (const { value } of fieldsOf(entry)) {
    if (value instanceof Uint8Array) content = value;
    else key = Number(value);
  }
  return [key, content];
}

function errorOf(error: Uint8Array, index?: number): HranaError {
  const [text = "", code = ""] = [1, 2].map((number) => utf8.decode(firstIn(error, number)));
  return new HranaError(text, code, index);
}

const firstIn = (bytes: Uint8Array, number: number): Uint8Array =>
  messagesIn(bytes, number)[0] ?? nothing;

const messagesIn = (bytes: Uint8Array, number: number): Uint8Array[] =>
  [...fieldsOf(bytes)].flatMap((one) =>
    one.number === number && one.value instanceof Uint8Array ? [one.value] : []
  );

const nothing = new Uint8Array();
const utf8 = new TextDecoder();
