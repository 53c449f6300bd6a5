import type { WasiGuest, WasiImports } from "../wasi-options.ts";
import { type WasmModule, webAssembly } from "../webassembly.ts";

/** The module of the option `imports` is unusable. */
export class ImportsRefused extends Error {}

/** A function that a program imports in addition to WASI's. */
export interface FurtherImport {
  readonly module: string;
  readonly name: string;
  readonly call: (...parameters: (number | bigint)[]) => number | bigint | void;
}

const wasiModules = ["wasi_snapshot_preview1", "wasi_unstable"];

/**
 * Loads the functions that a program imports in addition to WASI's.
 *
 * @param url of the module that provides them
 * @throws ImportsRefused if it can't be loaded, or lacks one of them
 */
export async function loadFurtherImports(
  module: WasmModule,
  url: string | undefined,
  guest: WasiGuest,
): Promise<readonly FurtherImport[]> {
  if (url === undefined) return [];
  const given = await callFactory(url, guest);
  const wanted = webAssembly.Module.imports(module).filter(
    (each) => !wasiModules.includes(each.module),
  );
  return wanted.map(({ module: of, name }) => {
    const call = Object.hasOwn(given, of) ? given[of]?.[name] : undefined;
    if (typeof call !== "function") {
      throw new ImportsRefused(
        `the program imports the function ${of}.${name}, which ${url} does not give.`,
      );
    }
    return { module: of, name, call };
  });
}

async function callFactory(url: string, guest: WasiGuest): Promise<WasiImports> {
  let given: unknown;
  try {
    const { default: factory } = (await import(url)) as { readonly default?: unknown };
    if (typeof factory !== "function") {
      throw new ImportsRefused(
        `expected a function as the default export of ${url}, but got a ${typeof factory}.`,
      );
    }
    given = factory(guest);
  } catch (cause) {
    if (cause instanceof ImportsRefused) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ImportsRefused(`${url} can't be loaded: ${reason}.`, { cause });
  }
  if (typeof given !== "object" || given === null) {
    throw new ImportsRefused(
      `expected the default export of ${url} to give functions by module and name, but it gave a ${typeof given}.`,
    );
  }
  return given as WasiImports;
}
