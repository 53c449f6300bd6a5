import { ContentArena } from "./content-arena.ts";
import { outcomeOf, recordingOf, resultOf } from "./finished-run.ts";
import { loadProgram, type WasiProgram } from "./load-program.ts";
import { readHostFolders } from "./plan-folders.ts";
import { invalidImports } from "./plan-imports.ts";
import { planRun, planWatch } from "./plan-run.ts";
import { type FinishedThread, type OutputlessTask, runThread } from "./thread/run-thread.ts";
import type { WasiOptions } from "./wasi-options.ts";
import type { RecordedWasiResult, WasiResult } from "./wasi-result.ts";

/**
 * Runs a WASI program, and tells what became of it.
 *
 * The program sees nothing but what the options give it: neither the environment, the files nor the network of this
 * process. Its clock and its random numbers are the test's own, so that every run is the same. It runs in a thread of
 * its own.
 *
 * @param program its bytes, the path or `file:` URL of its `.wasm`, or a compiled module: one for
 * `wasi_snapshot_preview1` or `wasi_unstable` with a `_start`
 * @throws {InvalidOptionError} for invalid options
 * @throws {WasiModuleError} for what is no such program
 * @throws {ModuleError} of `@flawless-ts/wasm-module` for a damaged file, or one that starts with more memory than it
 * may
 * @throws {WasiTrapError} when the program breaks off, as by `abort` or a panic
 * @throws {WasiTimeoutError} when it runs too long
 * @throws {WasiThreadError} when its thread breaks down
 */
export async function runWasi(
  program: WasiProgram,
  options: WasiOptions = {},
): Promise<WasiResult> {
  const { finished } = await execute(program, options, "run");
  return resultOf(finished, outcomeOf(finished));
}

/**
 * Runs a WASI program as {@link runWasi} does, and records what it was told.
 *
 * @throws all that {@link runWasi} does; a `WasiTrapError` has the `recording`
 */
export async function recordWasi(
  program: WasiProgram,
  options: WasiOptions = {},
): Promise<RecordedWasiResult> {
  const { task, finished } = await execute(program, options, "record");
  const outcome = outcomeOf(finished);
  const recording = recordingOf(task, finished, outcome);
  return { ...resultOf(finished, outcome, recording), recording };
}

interface Executed {
  readonly task: OutputlessTask;
  readonly finished: FinishedThread;
}

async function execute(
  program: WasiProgram,
  options: WasiOptions,
  type: "run" | "record",
): Promise<Executed> {
  const watch = planWatch(options);
  if (type === "record" && options.imports !== undefined) {
    throw invalidImports("what these functions do can't be recorded; use `runWasi`.");
  }
  const arena = new ContentArena();
  try {
    const { limits, env, host, ...plan } = planRun(await readHostFolders(options), arena.keep);
    const { module, name, memoryLimit } = await loadProgram(
      program,
      limits.memoryLimitBytes,
      plan.calls,
      plan.imports !== undefined,
    );
    const args = [plan.programName ?? name ?? "program.wasm", ...plan.args];
    const { calls, imports } = plan;
    const task = { module, args, calls, imports, env, host, mode: { type }, memoryLimit };
    return { task, finished: await runThread(task, limits.timeoutMs, watch) };
  } finally {
    arena.release();
  }
}
