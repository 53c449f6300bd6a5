/** A compiled module. It can be posted to other threads. */
export interface WasmModule {
  readonly [Symbol.toStringTag]: "WebAssembly.Module";
}

/** A guest's linear memory. */
export interface WasmMemory {
  readonly buffer: ArrayBuffer;
}

/** A table of functions. */
export interface WasmTable {
  get(index: number): unknown;
  set(index: number, value: unknown): void;
}

/** A global variable of 32 bits. */
export interface WasmGlobal {
  readonly value: number;
}

/** A module in execution. */
export interface WasmInstance {
  readonly exports: Readonly<Record<string, unknown>>;
}

type HostFunction = (...parameters: number[]) => number | Promise<number>;
type GuestFunction = (...parameters: number[]) => Promise<number | undefined>;

/**
 * The part of the WebAssembly JavaScript API that the engine uses; TypeScript declares it only for
 * browsers. `Suspending` and `promising` are JSPI (the WebAssembly CG's JavaScript Promise Integration),
 * which V8 has on by default since 13.6.
 */
interface WebAssemblyApi {
  readonly Module: new (bytes: Uint8Array) => WasmModule;
  readonly Instance: new (
    module: WasmModule,
    imports: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
  ) => WasmInstance;
  validate(bytes: Uint8Array): boolean;
  readonly RuntimeError: new () => Error;
  /** An import of a guest that may return a promise: the guest is suspended until it is settled. */
  readonly Suspending: new (call: HostFunction) => object;
  /** An export of a guest as a function whose promise is settled when the guest returns or traps. */
  promising(exported: unknown): GuestFunction;
}

export const webAssembly: WebAssemblyApi = (
  globalThis as unknown as { readonly WebAssembly: WebAssemblyApi }
).WebAssembly;
