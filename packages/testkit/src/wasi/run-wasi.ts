import { recordingOf, resultOf } from "./finished-run.ts";
import { loadProgram, type WasiProgram } from "./load-program.ts";
import { planRun } from "./plan-run.ts";
import type { WasiRecording } from "./recording/recording.ts";
import { type FinishedThread, runThread } from "./thread/run-thread.ts";
import type { WasiOptions } from "./wasi-options.ts";
import type { RecordedWasiResult, WasiResult } from "./wasi-result.ts";

/**
 * Runs a WASI program, and tells what became of it.
 *
 * The program sees nothing but what the options give it: neither the environment, the files nor the network of this
 * process. Its clock and its random numbers are the test's own, so that every run is the same. It runs in a thread of
 * its own.
 *
 * @param program its bytes, or the path or `file:` URL of its `.wasm`: a module for `wasi_snapshot_preview1` or
 *   `wasi_unstable` with a `_start`
 * @throws {WasiOptionError} for options that make no sense
 * @throws {WasiModuleError} for what is no such program
 * @throws {ModuleError} of `@flawless-ts/wasm-module` for a damaged file, or one that starts with more memory than it may
 * @throws {WasiTrapError} when the program breaks off, as by `abort` or a panic
 * @throws {WasiTimeoutError} when it runs too long
 * @throws {WasiThreadError} when its thread breaks down
 */
export async function runWasi(
  program: WasiProgram,
  options: WasiOptions = {},
): Promise<WasiResult> {
  const { finished, recording } = await execute(program, options, "run");
  return resultOf(finished, recording, undefined);
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
  const { finished, recording } = await execute(program, options, "record");
  return { ...resultOf(finished, recording, recording), recording };
}

interface Executed {
  readonly finished: FinishedThread;
  readonly recording: WasiRecording;
}

async function execute(
  program: WasiProgram,
  options: WasiOptions,
  type: "run" | "record",
): Promise<Executed> {
  const { limits, env, host, ...plan } = planRun(options);
  const { module, name } = await loadProgram(program, limits.memoryLimitBytes);
  const args = [plan.programName ?? name ?? "program.wasm", ...plan.args];
  const task = { module, args, env, host, mode: { type } };
  const finished = await runThread(task, limits.timeoutMs);
  return { finished, recording: recordingOf(task, finished) };
}
