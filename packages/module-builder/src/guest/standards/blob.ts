import type { BodyBytes } from "../body.ts";
import { bytesOf, isBytes, type Bytes } from "../bytes.ts";
import { textOf, utf8 } from "../encoding.ts";
import { listOf } from "../list-of.ts";

/** The contents of a blob. */
export type BlobPart = string | Bytes | Blob;

/** The standard's `Blob`, without streams. */
export class Blob {
  readonly type: string;
  readonly #bytes: Uint8Array;

  constructor(parts: Iterable<BlobPart> = [], options: { readonly type?: string } = {}) {
    const pieces = listOf(parts, "a blob's parts as an array").map((part) => {
      if (part instanceof Blob) return part.#bytes;
      return isBytes(part) ? bytesOf(part) : utf8(String(part));
    });
    this.#bytes = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
    let next = 0;
    for (const piece of pieces) {
      this.#bytes.set(piece, next);
      next += piece.length;
    }
    const type = String(options?.type ?? "");
    this.type = /^[ -~]*$/.test(type) ? type.toLowerCase() : "";
  }

  get size(): number {
    return this.#bytes.length;
  }

  slice(start?: number, end?: number, type = ""): Blob {
    return new Blob([this.#bytes.slice(start, end)], { type });
  }

  async text(): Promise<string> {
    return textOf(this.#bytes);
  }

  async bytes(): Promise<Uint8Array<ArrayBuffer>> {
    return Uint8Array.from(this.#bytes);
  }

  async arrayBuffer(): Promise<ArrayBuffer> {
    return (await this.bytes()).buffer;
  }

  /** @internal */
  "flawless:body"(): BodyBytes {
    return { bytes: this.#bytes, ...(this.type === "" ? {} : { type: this.type }) };
  }
}

/** The standard's `File`. */
export class File extends Blob {
  readonly name: string;
  readonly lastModified: number;

  constructor(
    parts: Iterable<BlobPart>,
    name: string,
    options: { readonly type?: string; readonly lastModified?: number } = {},
  ) {
    super(parts, options);
    this.name = String(name);
    this.lastModified = options?.lastModified ?? 0;
  }
}
