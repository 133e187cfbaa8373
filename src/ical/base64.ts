/**
 * Reads BASE64 (RFC 4648 §4) in pieces of any size. What is none of its alphabet is passed over: folds
 * and blanks, and the padding. In a data: URI its characters may be percent-encoded.
 */
export class Base64Reader {
  readonly #inUri: boolean;
  /** Up to three digits of six bits each, that are no octets yet. */
  #bits = 0;
  #digits = 0;
  /** A percent sign and what has come behind it. */
  #escape = "";

  constructor({ inUri = false }: { readonly inUri?: boolean } = {}) {
    this.#inUri = inUri;
  }

  /** The octets for which all is there now. */
  read(piece: Uint8Array): Uint8Array<ArrayBuffer> {
    const octets = new Uint8Array(Math.ceil(piece.length / 4) * 3 + 3);
    let length = 0;
    for (let at = 0; at < piece.length; at++) {
      const code = this.#inUri ? this.#unescaped(piece[at] ?? 0) : piece[at] ?? 0;
      const digit = values[code] ?? none;
      if (digit === none) continue;
      this.#bits = this.#bits << 6 | digit;
      if (++this.#digits < 4) continue;
      octets[length++] = this.#bits >> 16 & 0xff;
      octets[length++] = this.#bits >> 8 & 0xff;
      octets[length++] = this.#bits & 0xff;
      this.#bits = 0;
      this.#digits = 0;
    }
    return octets.subarray(0, length);
  }

  /** The octets of the last digits; a single one is none. */
  end(): Uint8Array<ArrayBuffer> {
    const bits = this.#bits << 6 * (4 - this.#digits);
    const octets = Uint8Array.of(bits >> 16 & 0xff, bits >> 8 & 0xff);
    return octets.subarray(0, Math.max(0, this.#digits - 1));
  }

  /** The character that is there now; 0: none yet. */
  #unescaped(octet: number): number {
    if (this.#escape === "" && octet !== percent) return octet;
    this.#escape += String.fromCharCode(octet);
    if (this.#escape.length < 3) return 0;
    const code = parseInt(this.#escape.slice(1), 16);
    this.#escape = "";
    return code;
  }
}

const percent = 0x25;
const none = 0xff;

/** By the code of each digit. */
const values: Uint8Array = (() => {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const table = new Uint8Array(256).fill(none);
  for (const [value, digit] of [...alphabet].entries()) table[digit.charCodeAt(0)] = value;
  return table;
})();
