/** Bytes that come in pieces of one size and go out in pieces of another. */
export class ByteQueue {
  #pieces: Uint8Array[] = [];
  #sizeBytes = 0;

  /** Of what waits. */
  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  put(piece: Uint8Array): void {
    this.#pieces.push(piece);
    this.#sizeBytes += piece.length;
  }

  /** The first ones of those that wait, in an array of their own; no more than there are. */
  take(sizeBytes: number): Uint8Array {
    const taken = new Uint8Array(Math.min(sizeBytes, this.#sizeBytes));
    let at = 0;
    while (at < taken.length) {
      const [piece = new Uint8Array()] = this.#pieces;
      const part = piece.subarray(0, taken.length - at);
      taken.set(part, at);
      at += part.length;
      if (part.length < piece.length) this.#pieces[0] = piece.subarray(part.length);
      else this.#pieces.shift();
    }
    this.#sizeBytes -= taken.length;
    return taken;
  }
}
