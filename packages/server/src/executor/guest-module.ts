import {
  deferExports,
  limitModule,
  type ModuleLimits,
  workflowTableName,
} from "@flawless-ts/wasm-module/internal";
import { webAssembly, type WasmInstance, type WasmModule, type WasmTable } from "./webassembly.ts";

/** A compiled module, and where its workflows' functions are. Can be posted to other threads. */
export interface GuestModule {
  readonly module: WasmModule;
  /** Their indexes in the exported table, by the names of their original exports; null if they are still exported. */
  readonly functions: ReadonlyMap<string, number> | null;
}

/**
 * Compiles a module as guests run it: limited, and quick to instantiate. Its content hash stays that of the given
 * bytes. Blocks the calling thread.
 *
 * @throws ModuleError if it starts with more than the limits allow
 * @throws Error if it doesn't compile
 */
export function compileGuestModule(bytes: Uint8Array, limits: ModuleLimits): GuestModule {
  const { bytes: prepared, functions } = deferExports(limitModule(bytes, limits));
  return { module: new webAssembly.Module(prepared), functions };
}

/** @throws Error if the module has no export of that name */
export function findFunction(
  instance: WasmInstance,
  { functions }: GuestModule,
  name: string,
): unknown {
  const place = functions?.get(name);
  const found =
    place === undefined
      ? instance.exports[name]
      : (instance.exports[workflowTableName] as WasmTable).get(place);
  if (found === undefined) {
    throw new Error(`the module has no export ${JSON.stringify(name)}`);
  }
  return found;
}
