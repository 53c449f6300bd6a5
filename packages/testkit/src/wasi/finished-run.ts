import { readBytes, recordBytes } from "./recording/recorded-value.ts";
import type { WasiRecording } from "./recording/recording.ts";
import type { FinishedThread, OutputlessTask } from "./thread/run-thread.ts";
import { WasiTrapError } from "./wasi-errors.ts";
import type { WasiResult } from "./wasi-result.ts";

const nanosecondsPerMillisecond = 1_000_000;

/** What a run leaves to be kept. Without steps, unless it was recorded. */
export function recordingOf(
  { args, env }: Pick<OutputlessTask, "args" | "env">,
  { steps, ending, changed, deleted, elapsed }: FinishedThread,
): WasiRecording {
  // A folder is told from an empty file by the slash.
  const files = changed.map(([path, content]) =>
    content === null ? [`${path}/`, recordBytes(Buffer.alloc(0))] : [path, recordBytes(content)],
  );
  return {
    version: 1,
    args,
    env,
    steps,
    ending,
    files: Object.fromEntries(files),
    deletedFiles: deleted,
    elapsedMs: Number(elapsed) / nanosecondsPerMillisecond,
  };
}

/**
 * What became of a program that ended, with its files as the recording has them: a replay has no others.
 *
 * @param kept the recording that an error is to have with it
 * @throws WasiTrapError where the program broke off
 */
export function resultOf(
  finished: Pick<FinishedThread, "ending" | "cause" | "stdout" | "stderr">,
  recording: WasiRecording,
  kept: WasiRecording | undefined,
): WasiResult {
  const { ending, cause, stdout: stdoutBytes, stderr: stderrBytes } = finished;
  const outputs = { stdout: decode(stdoutBytes), stderr: decode(stderrBytes) };
  if ("trap" in ending) throw new WasiTrapError(ending.trap, outputs, kept, { cause });
  const files = Object.entries(recording.files).map(
    ([path, content]) => [path, readBytes(content) ?? new Uint8Array()] as const,
  );
  return {
    exitCode: ending.exitCode,
    ...outputs,
    stdoutBytes,
    stderrBytes,
    files: Object.fromEntries(files.map(([path, content]) => [path, decode(content)])),
    fileBytes: Object.fromEntries(files),
    deletedFiles: recording.deletedFiles,
    elapsedMs: recording.elapsedMs,
  };
}

function decode(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8");
}
