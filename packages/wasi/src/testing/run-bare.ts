import { readFile } from "node:fs/promises";
import { init, MemFS, WASI } from "@wasmer/wasi";
import { type WasmImports, webAssembly } from "../webassembly.ts";
import { type WasiFixtureName, wasiFixture, words } from "./wasi-fixtures.ts";

/** Options for a program that runs only on the library. */
export interface BareOptions {
  readonly files?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  readonly preopens?: Record<string, string>;
}

/** Its result. */
export interface RanBare {
  readonly exitCode: number | undefined;
  /** The library's error. */
  readonly error: string | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a fixture on `@wasmer/wasi` as in its documentation, without this package.
 *
 * @param commands its arguments, separated by spaces
 */
export async function runBare(
  fixture: WasiFixtureName,
  commands: string,
  { files = {}, stdin, preopens = { "/": "/" } }: BareOptions = {},
): Promise<RanBare> {
  await init();
  const fs = new MemFS();
  const made = new Set<string>();
  for (const [path, content] of Object.entries(files)) {
    const names = path.split("/").slice(0, -1);
    for (const index of names.keys()) {
      const folder = `/${names.slice(0, index + 1).join("/")}`;
      // It would create a second one if it exists.
      if (!made.has(folder)) fs.createDir(folder);
      made.add(folder);
    }
    fs.open(`/${path}`, { read: true, write: true, create: true }).writeString(content);
  }
  const wasi = new WASI({ args: ["program", ...words(commands)], env: {}, fs, preopens });
  const module = await webAssembly.compile(await readFile(wasiFixture(fixture)));
  wasi.instantiate(new webAssembly.Instance(module, wasi.getImports(module) as WasmImports));
  if (stdin !== undefined) wasi.setStdinString(stdin);
  let exitCode: number | undefined;
  let error: string | undefined;
  try {
    exitCode = wasi.start();
  } catch (cause) {
    error = cause instanceof Error ? cause.message : String(cause);
  }
  return { exitCode, error, stdout: wasi.getStdoutString(), stderr: wasi.getStderrString() };
}
