/** A compiled module. It can be posted to other threads. */
export interface WasmModule {
  readonly [Symbol.toStringTag]: "WebAssembly.Module";
}

/** A guest's linear memory. */
export interface WasmMemory {
  readonly buffer: ArrayBuffer;
}

/** An instantiated module. */
export interface WasmInstance {
  readonly exports: Readonly<Record<string, unknown>>;
}

/** A parameter of an imported function: a 32-bit or a 64-bit integer. */
export type WasmParameter = number | bigint;

/** A function that a guest calls. */
export type WasmImport = (...parameters: WasmParameter[]) => number | bigint | undefined | void;

/** The imports of a guest, by the names of module and function. */
export type WasmImports = Readonly<Record<string, Readonly<Record<string, WasmImport>>>>;

interface WasmLink {
  readonly module: string;
  readonly name: string;
  readonly kind: string;
}

/** The part of the WebAssembly JavaScript API that is used here; TypeScript declares it for browsers only. */
interface WebAssemblyApi {
  compile(bytes: Uint8Array): Promise<WasmModule>;
  readonly Module: (new (bytes: Uint8Array) => WasmModule) & {
    imports(module: WasmModule): WasmLink[];
    exports(module: WasmModule): Omit<WasmLink, "module">[];
  };
  readonly Instance: new (module: WasmModule, imports: WasmImports) => WasmInstance;
  readonly RuntimeError: new (message: string) => Error;
  /** The error class of a guest's `throw`. */
  readonly Exception: new (...parts: never[]) => object;
}

export const webAssembly: WebAssemblyApi = (
  globalThis as unknown as { readonly WebAssembly: WebAssemblyApi }
).WebAssembly;
