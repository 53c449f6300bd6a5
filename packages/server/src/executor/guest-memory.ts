import { submitErrorCodes } from "@flawless-ts/wasm-module";
import { bytesPerPage, pagesExportName } from "@flawless-ts/wasm-module/internal";
import { webAssembly, type WasmGlobal, type WasmMemory } from "./webassembly.ts";

const decoder = new TextDecoder("utf-8", { fatal: true });

/** The guest's exports that the host needs to read calls and to pass answers. */
export interface GuestExports {
  readonly memory: WasmMemory;
  readonly "wasabi::alloc": (capacity: number) => number;
  /** The pages that the guest has asked for, if its memory has spare ones. */
  readonly [pagesExportName]?: WasmGlobal;
}

/** A guest's memory, as the host uses it. */
export class GuestMemory {
  readonly #exports: GuestExports;
  /** Views of the whole memory: creating one for each call would cost more than the call. */
  #bytes: Buffer;
  #view: DataView;

  constructor(exports: GuestExports) {
    const { buffer } = exports.memory;
    this.#exports = exports;
    this.#bytes = Buffer.from(buffer);
    this.#view = new DataView(buffer);
  }

  /** The bytes that the guest has asked for. */
  get size(): number {
    const pages = this.#exports[pagesExportName];
    return pages === undefined ? this.capacity : pages.value * bytesPerPage;
  }

  /** The bytes that there are, with spare ones. */
  get capacity(): number {
    return this.#exports.memory.buffer.byteLength;
  }

  /** The text of a host call, or undefined if the guest's pointer or text is invalid. */
  readText(pointer: number, length: number): string | undefined {
    const start = pointer >>> 0;
    const end = start + (length >>> 0);
    if (end > this.size) {
      return undefined;
    }
    this.#refresh();
    try {
      return decoder.decode(this.#bytes.subarray(start, end));
    } catch {
      return undefined;
    }
  }

  /**
   * Writes an answer where the guest allocates it, and stores its pointer and length where the guest wants them.
   *
   * @returns 0, or the ABI's code for what went wrong
   * @throws what `wasabi::alloc` throws, unless it is a trap
   */
  writeAnswer(answer: string, pointerField: number, lengthField: number): number {
    const length = Buffer.byteLength(answer);
    let place: number;
    try {
      place = this.#exports["wasabi::alloc"](length) >>> 0;
    } catch (error) {
      if (isTrap(error)) {
        return submitErrorCodes.AllocCallFailed;
      }
      throw error;
    }
    const { size } = this;
    const pointerPlace = pointerField >>> 0;
    const lengthPlace = lengthField >>> 0;
    if (place + length > size || pointerPlace + 4 > size || lengthPlace + 4 > size) {
      return submitErrorCodes.OutputWriteFailed;
    }
    this.#refresh();
    this.#bytes.write(answer, place, length);
    this.#view.setUint32(pointerPlace, place, true);
    this.#view.setUint32(lengthPlace, length, true);
    return 0;
  }

  /** A memory that grows gets another buffer, and the previous one is left without bytes. */
  #refresh(): void {
    if (this.#bytes.length === 0) {
      const { buffer } = this.#exports.memory;
      this.#bytes = Buffer.from(buffer);
      this.#view = new DataView(buffer);
    }
  }
}

function isTrap(error: unknown): boolean {
  return error instanceof webAssembly.RuntimeError || error instanceof RangeError;
}
