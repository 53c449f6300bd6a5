// TypeScript's Node types omit the global; this is the part that is used here.
declare const WebAssembly: {
  readonly Module: {
    new (bytes: Uint8Array<ArrayBuffer>): object;
    imports(module: object): { module: string; name: string; kind: string }[];
    exports(module: object): { name: string; kind: string }[];
  };
};

/** A module's imports and exports, as Node sees them. */
export interface ModuleLinkage {
  /** The imports, each as `module.name (kind)`. */
  readonly imports: readonly string[];
  /** The names of the exports. */
  readonly exports: readonly string[];
}

/**
 * Reads a module's imports and exports.
 *
 * @throws WebAssembly.CompileError if the bytes are not a WebAssembly module
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
