/** Octets that come one after the other, in one array. */
export class GrowingBytes {
  #bytes = new Uint8Array(64 * 1024);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  put(piece: Uint8Array): void {
    const length = this.#length + piece.length;
    if (length > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(length, 2 * this.#bytes.length));
      larger.set(this.#bytes.subarray(0, this.#length));
      this.#bytes = larger;
    }
    this.#bytes.set(piece, this.#length);
    this.#length = length;
  }

  /** Those from `start` on, until the next change. */
  from(start: number): Uint8Array {
    return this.#bytes.subarray(start, this.#length);
  }

  /** Takes those from `start` on away, and gives them. */
  cut(start: number): Uint8Array {
    const taken = this.from(start).slice();
    this.#length = start;
    return taken;
  }
}
