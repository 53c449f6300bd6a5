import { type Cipheriv, createCipheriv, createHash } from "node:crypto";

const keyLength = 16;

/**
 * Bytes that look random and depend only on the seed: AES-128 in counter mode, keyed with the
 * seed's SHA-256.
 */
export class SeededBytes {
  readonly #stream: Cipheriv;

  constructor(seed: number) {
    const key = createHash("sha256").update(String(seed)).digest().subarray(0, keyLength);
    this.#stream = createCipheriv("aes-128-ctr", key, Buffer.alloc(keyLength));
  }

  next(length: number): Uint8Array {
    return this.#stream.update(Buffer.alloc(length));
  }
}
