// TypeScript's Node types leave the global out; this is the part of it that is used here.
declare const WebAssembly: {
  readonly Module: {
    new (bytes: Uint8Array<ArrayBuffer>): object;
    imports(module: object): { module: string; name: string; kind: string }[];
    exports(module: object): { name: string; kind: string }[];
  };
};

/** What a module wants and what it offers, as Node's own reader sees it. */
export interface ModuleLinkage {
  /** Each as `module.name (kind)`. */
  readonly imports: readonly string[];
  /** The exports' names. */
  readonly exports: readonly string[];
}

/**
 * Reads a module's imports and exports.
 *
 * @throws WebAssembly.CompileError when the bytes are no WebAssembly module.
 */
export function moduleLinkage(bytes: Uint8Array<ArrayBuffer>): ModuleLinkage {
  const module = new WebAssembly.Module(bytes);
  return {
    imports: WebAssembly.Module.imports(module).map(
      (each) => `${each.module}.${each.name} (${each.kind})`,
    ),
    exports: WebAssembly.Module.exports(module).map((each) => each.name),
  };
}
