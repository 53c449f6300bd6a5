import { recordedOutcome, resultOf } from "./finished-run.ts";
import { loadProgram, type WasiProgram } from "./load-program.ts";
import { maxStorageBytes, planLimits, planRun, planWatch } from "./plan-run.ts";
import { readCalls } from "./recorded-calls.ts";
import { checkRecording } from "./recording/check-recording.ts";
import type { WasiRecording } from "./recording/recording.ts";
import { runThread } from "./thread/run-thread.ts";
import type { WasiLimits } from "./wasi-options.ts";
import type { WasiResult } from "./wasi-result.ts";

/**
 * Replays the recording of a WASI program's run, on the same or another build: each of its calls must be the recorded
 * one, and gets the recorded answer. So if a new build does anything else, this is detected at the exact call.
 *
 * The arguments and the environment are the recorded ones, too. The outputs in the error of a timeout
 * or a trap are what the program wrote this time.
 *
 * @param program its bytes, or the path or `file:` URL of its `.wasm`
 * @param recording from {@link recordWasi}; it may have been stored as JSON
 * @throws {WasiReplayMismatchError} if the program does something other than what was recorded
 * @throws {WasiRecordingError} for an invalid recording
 * @throws {InvalidOptionError} for invalid limits
 * @throws {WasiModuleError} for anything but a WASI program
 * @throws {ModuleError} of `@flawless-ts/wasm-module` for a damaged file, or one that starts with more memory than it
 * may
 * @throws {WasiTrapError} if the program traps as it did when it was recorded
 * @throws {WasiTimeoutError} if it runs too long
 * @throws {WasiThreadError} if its thread crashes
 */
export async function replayWasi(
  program: WasiProgram,
  recording: WasiRecording,
  limits: WasiLimits = {},
): Promise<WasiResult> {
  const { timeoutMs, memoryLimitBytes } = planLimits(limits);
  const watch = planWatch(limits);
  const { args, env, steps, ending, calls: recorded } = checkRecording(recording);
  const calls = recorded && readCalls(recorded);
  const { module, memoryLimit } = await loadProgram(program, memoryLimitBytes, calls);
  // The host only receives the outputs, up to the max possible.
  const { host } = planRun({ storageLimitBytes: maxStorageBytes });
  const mode = { type: "replay", steps, ending } as const;
  const finished = await runThread(
    { module, args, calls, imports: undefined, env, host, mode, memoryLimit },
    timeoutMs,
    watch,
  );
  return resultOf(finished, recordedOutcome(recording), recording);
}
