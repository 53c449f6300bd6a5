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
 * Runs a WASI program, and returns its result.
 *
 * The program sees only what the options provide: neither the environment, the files nor the network of this process.
 * Its clock and its random numbers are the test's own, so every run is the same. It runs in its own thread.
 *
 * @param program its bytes, the path or `file:` URL of its `.wasm`, or a compiled module: one for
 * `wasi_snapshot_preview1` or `wasi_unstable` with a `_start`
 * @throws {InvalidOptionError} for invalid options
 * @throws {WasiModuleError} for anything else
 * @throws {ModuleError} of `@flawless-ts/wasm-module` for a damaged file, or one that starts with more memory than it
 * may
 * @throws {WasiTrapError} if the program traps, for example due to `abort` or a panic
 * @throws {WasiTimeoutError} if it runs too long
 * @throws {WasiThreadError} if its thread crashes
 */
export async function runWasi(
  program: WasiProgram,
  options: WasiOptions = {},
): Promise<WasiResult> {
  const { finished } = await execute(program, options, "run");
  return resultOf(finished, outcomeOf(finished));
}

/**
 * Runs a WASI program like {@link runWasi}, and records what it was told.
 *
 * @throws as {@link runWasi} does; a `WasiTrapError` has the `recording`
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
