/** A message of Protobuf, or some of its fields: pieces one after the other, which are not copied. */
export interface Message {
  readonly sizeBytes: number;
  readonly pieces: readonly Uint8Array[];
}

/** Fields one after the other. */
export const message = (...fields: readonly Message[]): Message => ({
  sizeBytes: fields.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
  pieces: fields.flatMap(({ pieces }) => pieces),
});

/** A field of varying length: bytes, or a message in the message. */
export function field(number: number, content: Uint8Array | Message): Message {
  const { sizeBytes, pieces } = content instanceof Uint8Array
    ? { sizeBytes: content.length, pieces: [content] }
    : content;
  const head = Uint8Array.from([
    ...varint(BigInt(number << 3 | lengthDelimited)),
    ...varint(BigInt(sizeBytes)),
  ]);
  return { sizeBytes: head.length + sizeBytes, pieces: [head, ...pieces] };
}

export const textField = (number: number, text: string): Message =>
  field(number, new TextEncoder().encode(text));

/** `uint32`, `bool`, and what else is no less than 0. */
export const integerField = (number: number, value: bigint): Message => {
  const bytes = Uint8Array.from([...varint(BigInt(number << 3)), ...varint(value)]);
  return { sizeBytes: bytes.length, pieces: [bytes] };
};

/** `sint64`. */
export const signedField = (number: number, value: bigint): Message =>
  integerField(number, value < 0n ? -2n * value - 1n : 2n * value);

export const doubleField = (number: number, value: number): Message => {
  const bytes = new Uint8Array(9);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, number << 3 | fixed64);
  view.setFloat64(1, value, true);
  return { sizeBytes: bytes.length, pieces: [bytes] };
};

/** As it is sent; in this memory, where it is large enough. */
export function bytesOf(
  { sizeBytes, pieces }: Message,
  memory = new ArrayBuffer(0),
): Uint8Array<ArrayBuffer> {
  const enough = memory.byteLength < sizeBytes ? new ArrayBuffer(sizeBytes) : memory;
  const bytes = new Uint8Array(enough, 0, sizeBytes);
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

/** A field that was received; of an integer or a number the value, else its bytes, not copied. */
export interface Field {
  readonly number: number;
  readonly value: bigint | number | Uint8Array;
}

/** @throws {RangeError} It breaks off. */
export function* fieldsOf(bytes: Uint8Array): Generator<Field, void, void> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  const readVarint = (): bigint => {
    let value = 0n;
    for (let shift = 0n;; shift += 7n) {
      const byte = view.getUint8(at++);
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  while (at < bytes.length) {
    const key = Number(readVarint());
    const number = key >> 3;
    if ((key & 7) === 0) {
      yield { number, value: readVarint() };
    } else if ((key & 7) === fixed64) {
      yield { number, value: view.getFloat64(at, true) };
      at += 8;
    } else {
      const length = Number(readVarint());
      if (at + length > bytes.length) throw new RangeError("a field breaks off");
      yield { number, value: bytes.subarray(at, at + length) };
      at += length;
    }
  }
}

/** The value of a `sint64`. */
export const signed = (value: bigint): bigint =>
  value % 2n === 0n ? value / 2n : -(value + 1n) / 2n;

const fixed64 = 1;
const lengthDelimited = 2;

function* varint(value: bigint): Generator<number, void, void> {
  for (; value >= 0x80n; value >>= 7n) yield Number(value & 0x7fn) | 0x80;
  yield Number(value);
}
