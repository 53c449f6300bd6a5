import type { WasmMemory } from "../webassembly.ts";
import { CallRefused } from "./errno.ts";

/** A piece of a guest's memory. */
export interface MemoryPiece {
  readonly pointer: number;
  readonly length: number;
}

/** The max bytes that one call transfers. A guest that asks for more gets the rest with its next calls. */
export const maxTransferBytes: number = 16 * 1024 * 1024;

const bytesPerPiece = 8;
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Reads and writes a guest's memory. Anything outside of it is refused with `fault`, so that a guest with a bad
 * pointer gets an error instead of crashing its host.
 */
export class GuestMemory {
  readonly #memory: WasmMemory;
  #view: DataView;

  constructor(memory: WasmMemory) {
    this.#memory = memory;
    this.#view = new DataView(memory.buffer);
  }

  /** The number of bytes. */
  get size(): number {
    return this.#memory.buffer.byteLength;
  }

  /** The bytes themselves, not a copy: the guest sees what is written to them. */
  bytes(pointer: number, length: number): Uint8Array<ArrayBuffer> {
    const { buffer } = this.#memory;
    if (pointer + length > buffer.byteLength) throw new CallRefused("fault");
    return new Uint8Array(buffer, pointer, length);
  }

  /** @throws CallRefused `ilseq` if it is not UTF-8 */
  text(pointer: number, length: number): string {
    const bytes = this.bytes(pointer, length);
    try {
      return decoder.decode(bytes);
    } catch {
      throw new CallRefused("ilseq");
    }
  }

  u8(pointer: number): number {
    return this.#at(pointer, 1).getUint8(pointer);
  }

  u16(pointer: number): number {
    return this.#at(pointer, 2).getUint16(pointer, true);
  }

  u32(pointer: number): number {
    return this.#at(pointer, 4).getUint32(pointer, true);
  }

  u64(pointer: number): bigint {
    return this.#at(pointer, 8).getBigUint64(pointer, true);
  }

  setU8(pointer: number, value: number): void {
    this.#at(pointer, 1).setUint8(pointer, value);
  }

  setU16(pointer: number, value: number): void {
    this.#at(pointer, 2).setUint16(pointer, value, true);
  }

  setU32(pointer: number, value: number): void {
    this.#at(pointer, 4).setUint32(pointer, value, true);
  }

  setU64(pointer: number, value: bigint): void {
    this.#at(pointer, 8).setBigUint64(pointer, value, true);
  }

  /** Reads a list of pieces (`iovec`), up to {@link maxTransferBytes} bytes together. */
  pieces(pointer: number, count: number): readonly MemoryPiece[] {
    // Checked as a whole first, so that a bogus count doesn't keep the loop busy.
    this.bytes(pointer, count * bytesPerPiece);
    const pieces: MemoryPiece[] = [];
    let left = maxTransferBytes;
    for (let index = 0; index < count && left > 0; index += 1) {
      const entry = pointer + index * bytesPerPiece;
      const length = Math.min(this.u32(entry + 4), left);
      const piece = { pointer: this.u32(entry), length };
      this.bytes(piece.pointer, length);
      pieces.push(piece);
      left -= length;
    }
    return pieces;
  }

  /** The contents of the pieces in order: a copy, or, if there is only one piece, the bytes themselves. */
  gather(pieces: readonly MemoryPiece[]): Uint8Array<ArrayBuffer> {
    const [only] = pieces;
    if (only !== undefined && pieces.length === 1) return this.bytes(only.pointer, only.length);
    const data = new Uint8Array(totalLength(pieces));
    let offset = 0;
    for (const { pointer, length } of pieces) {
      data.set(this.bytes(pointer, length), offset);
      offset += length;
    }
    return data;
  }

  /** Copies `data` into the pieces in order, until it ends. */
  scatter(pieces: readonly MemoryPiece[], data: Uint8Array): void {
    let offset = 0;
    for (const { pointer, length } of pieces) {
      const part = data.subarray(offset, offset + length);
      this.bytes(pointer, part.length).set(part);
      offset += part.length;
    }
  }

  #at(pointer: number, length: number): DataView {
    const { buffer } = this.#memory;
    // After growing, a memory has a new buffer.
    if (this.#view.buffer !== buffer) this.#view = new DataView(buffer);
    if (pointer + length > buffer.byteLength) throw new CallRefused("fault");
    return this.#view;
  }
}

/** The total bytes of the pieces. */
export function totalLength(pieces: readonly MemoryPiece[]): number {
  return pieces.reduce((sum, { length }) => sum + length, 0);
}
