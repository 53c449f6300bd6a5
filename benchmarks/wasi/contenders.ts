import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { WASI } from "node:wasi";
import { runWasi } from "@flawless-ts/wasi";
import { largeBytes, type WasiCase } from "./cases.ts";

/** Runs a case once, and returns how many milliseconds it took. */
export type Contender = (measured: WasiCase) => Promise<number>;

// TypeScript declares the global only for browsers; this is the part of it used here.
declare const WebAssembly: {
  compile(bytes: Uint8Array): Promise<object>;
  instantiate(module: object, imports: object): Promise<object>;
};

const big = new Uint8Array(largeBytes).fill(120);

/** `runWasi`, which gets the file's bytes and returns what the program wrote. */
export function ours(program: string): Contender {
  return async ({ args, needsFile }) => {
    const start = performance.now();
    const { exitCode } = await runWasi(program, { args, files: needsFile ? { big } : {} });
    const time = performance.now() - start;
    expectSuccess(exitCode);
    return time;
  };
}

/** `node:wasi` with a folder on disk that already contains the file; its stdout goes to a file and is read. */
export function nodes(program: string): { readonly run: Contender; readonly close: () => void } {
  const folder = mkdtempSync(join(tmpdir(), "bench-wasi-"));
  const guest = join(folder, "guest");
  const output = join(folder, "stdout");
  const run: Contender = async ({ args, needsFile }) => {
    rmSync(guest, { recursive: true, force: true });
    mkdirSync(guest);
    if (needsFile) writeFileSync(join(guest, "big"), big);
    const start = performance.now();
    const stdout = openSync(output, "w");
    const wasi = new WASI({
      version: "preview1",
      args: ["program", ...args],
      preopens: { "/": guest },
      stdout,
      returnOnExit: true,
    });
    const module = await WebAssembly.compile(await readFile(program));
    const instance = await WebAssembly.instantiate(module, wasi.getImportObject() as object);
    const exitCode = wasi.start(instance);
    closeSync(stdout);
    readFileSync(output, "utf8");
    const time = performance.now() - start;
    expectSuccess(exitCode);
    return time;
  };
  return { run, close: () => rmSync(folder, { recursive: true, force: true }) };
}

function expectSuccess(exitCode: number): void {
  if (exitCode !== 0) throw new Error(`expected the program to end with 0, but got ${exitCode}`);
}
