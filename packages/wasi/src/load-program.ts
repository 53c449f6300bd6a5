import { readFile } from "node:fs/promises";
import { basename, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { InvalidOptionError } from "@flawless-ts/wasm-module";
import { limitModule } from "@flawless-ts/wasm-module/internal";
import { isKnownCall } from "./calls/all-calls.ts";
import { cachedModule } from "./module-cache.ts";
import { WasiModuleError, type WasiModuleErrorCode } from "./wasi-errors.ts";
import type { WasiCall } from "./wasi-options.ts";
import { type WasmModule, webAssembly } from "./webassembly.ts";

/**
 * A WASI program: its bytes, the path or `file:` URL of its `.wasm`, or a compiled `WebAssembly.Module` (an `object`
 * here, as its type is declared for browsers only).
 *
 * Bytes and files are compiled once per process: the module is cached by content.
 */
export type WasiProgram = Uint8Array | ArrayBuffer | string | URL | object;

/** A program that can be started. */
export interface LoadedProgram {
  readonly module: WasmModule;
  /** Its file's name; undefined if it was given as bytes. */
  readonly name: string | undefined;
  /** The max bytes of memory, if the module itself sets no such limit. */
  readonly memoryLimit: number | undefined;
}

const versions = ["wasi_snapshot_preview1", "wasi_unstable"];
const pageBytes = 65_536;
const maxPages = 65_536;
const buildAdvice = "Build it for wasm32-wasip1 (Rust) or wasm32-wasi (C).";

/**
 * Reads a program, checks whether it can run, and limits its memory.
 *
 * @param calls the functions to call, if it is a library
 * @param furtherImports whether it may import functions other than WASI's
 * @throws WasiModuleError if it is not a WASI program
 * @throws ModuleError of `@flawless-ts/wasm-module` if the file is damaged, or starts with more memory than it may
 */
export async function loadProgram(
  program: WasiProgram,
  memoryLimitBytes: number,
  calls?: readonly WasiCall[],
  furtherImports: boolean = false,
): Promise<LoadedProgram> {
  if (program instanceof webAssembly.Module) {
    checkModule(program, calls, furtherImports);
    return { module: program, name: undefined, memoryLimit: memoryLimitBytes };
  }
  const path = pathOf(program);
  const bytes = path === undefined ? bytesOf(program) : await readProgram(path);
  checkHeader(bytes);
  const maxMemoryPages = Math.min(Math.floor(memoryLimitBytes / pageBytes), maxPages);
  const module = await cachedModule(bytes, maxMemoryPages, () =>
    compile(limitModule(bytes, { maxMemoryPages })),
  );
  checkModule(module, calls, furtherImports);
  return { module, name: path === undefined ? undefined : basename(path), memoryLimit: undefined };
}

function checkModule(
  module: WasmModule,
  calls: readonly WasiCall[] | undefined,
  furtherImports: boolean,
): void {
  checkImports(module, furtherImports);
  const kinds = new Map(webAssembly.Module.exports(module).map(({ name, kind }) => [name, kind]));
  if (calls === undefined) checkStart(kinds);
  else checkCalls(kinds, calls);
  checkMemory(kinds);
}

function pathOf(program: WasiProgram): string | undefined {
  if (typeof program === "string") return resolve(program);
  if (!(program instanceof URL)) return undefined;
  if (program.protocol === "file:") return fileURLToPath(program);
  throw new InvalidOptionError(
    "program",
    `expected a file: URL, but got one with ${program.protocol}`,
  );
}

function bytesOf(program: unknown): Uint8Array {
  // Copied, so that no one changes the bytes between the check and the run.
  if (program instanceof Uint8Array || program instanceof ArrayBuffer)
    return new Uint8Array(program);
  throw new InvalidOptionError(
    "program",
    `expected a Uint8Array, an ArrayBuffer, a path, a file: URL or a WebAssembly.Module, but got a ${typeof program}.`,
  );
}

async function readProgram(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw refused(
      "MODULE_UNREADABLE",
      `Cannot read the program ${path}: ${reason}. Is it built?`,
      cause,
    );
  }
}

function checkHeader(bytes: Uint8Array): void {
  const start = Buffer.from(bytes.subarray(0, 8)).toString("hex");
  if (!start.startsWith("0061736d")) {
    throw refused(
      "MODULE_NOT_WASM",
      `Expected a WebAssembly program, but got ${bytes.length === 0 ? "no bytes" : `bytes that start with ${start}`}. ${buildAdvice}`,
    );
  }
  if (start === "0061736d0d000100") {
    throw refused(
      "MODULE_IS_COMPONENT",
      `Expected a core module of WASI preview 1, but got a component, as WASI 0.2 has them. ${buildAdvice}`,
    );
  }
}

async function compile(bytes: Uint8Array): Promise<WasmModule> {
  try {
    return await webAssembly.compile(bytes);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw refused("MODULE_INVALID", `The engine refuses the program: ${reason}.`, cause);
  }
}

function checkImports(module: WasmModule, furtherImports: boolean): void {
  const foreign = webAssembly.Module.imports(module).filter(
    (each) =>
      each.kind !== "function" ||
      (versions.includes(each.module) ? !isKnownCall(each.name) : !furtherImports),
  );
  if (foreign.length === 0) return;
  const names = foreign.map((each) => `${each.module}.${each.name} (${each.kind})`);
  const rest = names.length > 5 ? ` and ${names.length - 5} more` : "";
  throw refused(
    "UNKNOWN_IMPORT",
    `Expected imports of ${versions.join(" or ")} only, but the program needs ${names.slice(0, 5).join(", ")}${rest}. ` +
      "Link it without --import-memory and without what expects a browser, JavaScript, threads or sockets, or give its functions by the option `imports`.",
  );
}

type ExportKinds = ReadonlyMap<string, string>;

function checkCalls(kinds: ExportKinds, calls: readonly WasiCall[]): void {
  if (kinds.has("_start")) {
    const problem = "it is a program with a `_start`, and functions are called of libraries only.";
    throw new InvalidOptionError("calls", problem);
  }
  const missing = calls.find(({ name }) => kinds.get(name) !== "function");
  if (missing === undefined) return;
  const functions = [...kinds].filter(([, kind]) => kind === "function").map(([name]) => name);
  throw new InvalidOptionError(
    "calls",
    `the library has no function \`${missing.name}\`. Those it has: ${functions.slice(0, 20).join(", ")}.`,
  );
}

function checkStart(kinds: ExportKinds): void {
  if (kinds.get("_start") !== "function") {
    const library = kinds.has("_initialize")
      ? " It has an `_initialize`, so it was linked as a library (a reactor): link it as a program (a command), " +
        "or call its functions with the option `calls`."
      : ` ${buildAdvice}`;
    throw refused(
      "NO_START",
      `Expected a program with a function \`_start\`, but it has none.${library}`,
    );
  }
}

function checkMemory(kinds: ExportKinds): void {
  if (kinds.get("memory") !== "memory") {
    throw refused(
      "NO_MEMORY",
      "Expected a program that exports its memory as `memory`, but it does not.",
    );
  }
}

type ShortCode = WasiModuleErrorCode extends `FLAWLESS_WASI_${infer Rest}` ? Rest : never;

function refused(code: ShortCode, message: string, cause?: unknown): WasiModuleError {
  return new WasiModuleError(
    `FLAWLESS_WASI_${code}`,
    message,
    cause === undefined ? {} : { cause },
  );
}
