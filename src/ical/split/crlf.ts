/**
 * The octets with CR before each LF that has none; a piece that lacks none is handed on as it is.
 */
export async function* withCrlf(
  pieces: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, void> {
  let last = 0;
  for await (const piece of pieces) {
    if (piece.length === 0) continue;
    yield bareLineFeed(piece, 0, last) < 0 ? piece : completed(piece, last);
    last = piece[piece.length - 1] ?? 0;
  }
}

/** `last`: the octet ahead of the piece. */
function completed(piece: Uint8Array, last: number): Uint8Array {
  const octets = new Uint8Array(2 * piece.length);
  let length = 0;
  let at = 0;
  for (
    let bare = bareLineFeed(piece, 0, last);
    bare >= 0;
    bare = bareLineFeed(piece, bare + 1, last)
  ) {
    octets.set(piece.subarray(at, bare), length);
    length += bare - at;
    octets[length++] = 0x0d;
    octets[length++] = 0x0a;
    at = bare + 1;
  }
  octets.set(piece.subarray(at), length);
  return octets.subarray(0, length + piece.length - at);
}

/** Where from `at` on the first LF without CR is, or -1. */
function bareLineFeed(piece: Uint8Array, at: number, last: number): number {
  let found = piece.indexOf(0x0a, at);
  while (found >= 0 && (found === 0 ? last : piece[found - 1]) === 0x0d) {
    found = piece.indexOf(0x0a, found + 1);
  }
  return found;
}
