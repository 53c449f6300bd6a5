import type { GuestMemory } from "../host/guest-memory.ts";
import type { WasmParameter } from "../webassembly.ts";

/** The two versions of WASI that differ in a few numbers and layouts. */
export type WasiVersion = "wasi_unstable" | "wasi_snapshot_preview1";

/** One call of a guest: its parameters, and the memory that its pointers point into. */
export class CallFrame {
  readonly memory: GuestMemory;
  readonly version: WasiVersion;
  readonly #parameters: readonly WasmParameter[];

  constructor(memory: GuestMemory, version: WasiVersion, parameters: readonly WasmParameter[]) {
    this.memory = memory;
    this.version = version;
    this.#parameters = parameters;
  }

  /** A parameter as an unsigned number of 32 bits: a descriptor, a pointer, a length, flags. */
  u32(index: number): number {
    return Number(this.#parameters[index] ?? 0) >>> 0;
  }

  /** A parameter as an unsigned number of 64 bits: a time. */
  u64(index: number): bigint {
    return BigInt.asUintN(64, BigInt(this.#parameters[index] ?? 0));
  }

  /** A signed parameter of 64 bits; it is not exact past 2^53, where no file has bytes. */
  i64(index: number): number {
    return Number(BigInt.asIntN(64, BigInt(this.#parameters[index] ?? 0)));
  }

  /** Rights; those past 32 bits are ignored. */
  rights(index: number): number {
    return Number(BigInt.asIntN(32, BigInt(this.#parameters[index] ?? 0)));
  }

  /** The text that the parameter points to; the next parameter is its length. */
  path(index: number): string {
    return this.memory.text(this.u32(index), this.u32(index + 1));
  }
}
