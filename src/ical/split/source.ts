/** Octets that lie somewhere and can be read again and again. */
export interface OctetSource {
  readonly sizeBytes: number;
  /**
   * Those from one offset to another, in pieces of any size, each of them valid until the next one is
   * asked for.
   */
  read(from: number, to: number): AsyncIterable<Uint8Array>;
}
