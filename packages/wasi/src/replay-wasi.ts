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
 * Runs a WASI program on what another run of it, or of another build of it, was told: each of its calls must be the
 * recorded one, and gets the recorded answer. So a new build that does anything else is found out at the very call.
 *
 * The arguments and the environment are the recorded ones, too. What a timeout or a trap says of the outputs is what
 * the program wrote this time.
 *
 * @param program its bytes, or the path or `file:` URL of its `.wasm`
 * @param recording from {@link recordWasi}; it may have been stored as JSON
 * @throws {WasiReplayMismatchError} when the program does something else than was recorded
 * @throws {WasiRecordingError} for what is no recording
 * @throws {InvalidOptionError} for invalid limits
 * @throws {WasiModuleError} for what is no WASI program
 * @throws {ModuleError} of `@flawless-ts/wasm-module` for a damaged file, or one that starts with more memory than it
 * may
 * @throws {WasiTrapError} when the program breaks off as it did when it was recorded
 * @throws {WasiTimeoutError} when it runs too long
 * @throws {WasiThreadError} when its thread breaks down
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
  // Nothing of the host is asked but to take the outputs, as many as there may have been.
  const { host } = planRun({ storageLimitBytes: maxStorageBytes });
  const mode = { type: "replay", steps, ending } as const;
  const finished = await runThread(
    { module, args, calls, imports: undefined, env, host, mode, memoryLimit },
    timeoutMs,
    watch,
  );
  return resultOf(finished, recordedOutcome(recording), recording);
}
