import {
  deferExports,
  limitModule,
  makeReusable,
  type ModuleLimits,
} from "@flawless-ts/wasm-module/internal";
import { webAssembly, type WasmModule } from "./webassembly.ts";

/** A compiled module, and where its workflows' functions are. Can be posted to other threads. */
export interface GuestModule {
  readonly module: WasmModule;
  /** Their indexes in the exported table, by the names of their original exports; null if they are still exported. */
  readonly functions: ReadonlyMap<string, number> | null;
  /** The bytes of an instance's memory that can be used again; null if instances of this module can't be. */
  readonly reusableBytes: number | null;
}

/** A module with `try_table` and nothing else; V8 13.6, in Node.js 24, doesn't know it. */
const tryTable = Uint8Array.of(
  ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
  ...[1, 4, 1, 0x60, 0, 0],
  ...[3, 2, 1, 0],
  ...[10, 11, 1, 9, 0, 0x02, 0x40, 0x1f, 0x40, 0, 0x0b, 0x0b, 0x0b],
);
const canReuse = webAssembly.validate(tryTable);

/**
 * Compiles a module as guests run it: limited, quick to instantiate, and with instances that can be used again, if
 * possible. Its content hash stays that of the given bytes. Blocks the calling thread.
 *
 * @throws ModuleError if it starts with more than the limits allow
 * @throws Error if it doesn't compile
 */
export function compileGuestModule(bytes: Uint8Array, limits: ModuleLimits): GuestModule {
  const limited = limitModule(bytes, limits);
  // What is added below has indices that were invalid before. A module that refers to them could end others' guests.
  if (!webAssembly.validate(limited)) new webAssembly.Module(limited);
  const deferred = deferExports(limited);
  const { functions } = deferred;
  const reusable = canReuse ? makeReusable(deferred) : undefined;
  if (reusable !== undefined) {
    try {
      const module = new webAssembly.Module(reusable.bytes);
      return { module, functions, reusableBytes: reusable.memoryBytes };
    } catch {
      // The processor may lack vector instructions, which the loop needs, or a limit of V8 is exceeded.
    }
  }
  return { module: new webAssembly.Module(deferred.bytes), functions, reusableBytes: null };
}
