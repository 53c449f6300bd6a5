import { readBytes, recordBytes } from "./recording/recorded-value.ts";
import type { WasiRecording } from "./recording/recording.ts";
import { recordCalls } from "./recorded-calls.ts";
import { readReturned } from "./recording/returned-value.ts";
import type { FileChanges } from "./thread/messages.ts";
import type { FinishedThread, OutputlessTask } from "./thread/run-thread.ts";
import { WasiTrapError } from "./wasi-errors.ts";
import type { WasiResult } from "./wasi-result.ts";

const nanosecondsPerMillisecond = 1_000_000;
const largeBytes = 2 ** 16;

/** The outcome of a run without its outputs, from an actual run or a recording. */
export interface RunOutcome extends FileChanges {
  readonly elapsedMs: number;
}

/** The outcome of an actual run. */
export function outcomeOf({ changed, links, deleted, elapsed }: FinishedThread): RunOutcome {
  return { changed, links, deleted, elapsedMs: Number(elapsed) / nanosecondsPerMillisecond };
}

/** The outcome of a recorded run. */
export function recordedOutcome({
  files,
  links = {},
  deletedFiles,
  elapsedMs,
}: WasiRecording): RunOutcome {
  const changed = Object.entries(files).map(([path, content]) =>
    path.endsWith("/")
      ? ([path.slice(0, -1), null] as const)
      : ([path, readBytes(content) ?? new Uint8Array()] as const),
  );
  return { changed, links: Object.entries(links), deleted: deletedFiles, elapsedMs };
}

/** The recording of a run. */
export function recordingOf(
  { args, env, calls }: Pick<OutputlessTask, "args" | "env" | "calls">,
  { steps, ending }: FinishedThread,
  { changed, links, deleted, elapsedMs }: RunOutcome,
): WasiRecording {
  const files = changed.map(([path, content]) => [
    pathOf(path, content),
    recordBytes(content ?? new Uint8Array()),
  ]);
  return {
    version: 1,
    args,
    env,
    ...(calls === undefined ? {} : { calls: recordCalls(calls) }),
    steps,
    ending,
    files: Object.fromEntries(files),
    ...linksField(links),
    deletedFiles: deleted,
    elapsedMs,
  };
}

/**
 * The result of a program that ended.
 *
 * @param recording for the error
 * @throws WasiTrapError if the program trapped
 */
export function resultOf(
  finished: Pick<FinishedThread, "ending" | "cause" | "stdout" | "stderr">,
  { changed, links, deleted, elapsedMs }: RunOutcome,
  recording?: WasiRecording,
): WasiResult {
  const { ending, cause, stdout: stdoutBytes, stderr: stderrBytes } = finished;
  const outputs = { stdout: decode(stdoutBytes), stderr: decode(stderrBytes) };
  if ("trap" in ending) throw new WasiTrapError(ending.trap, outputs, recording, { cause });
  const contents = changed.map(
    ([path, content]) => [pathOf(path, content), content ?? new Uint8Array()] as const,
  );
  return {
    exitCode: ending.exitCode,
    ...outputs,
    stdoutBytes,
    stderrBytes,
    files: textsOf(contents),
    fileBytes: Object.fromEntries(contents),
    ...linksField(links),
    deletedFiles: deleted,
    ...(ending.returned === undefined ? {} : { returned: ending.returned.map(readReturned) }),
    elapsedMs,
  };
}

/** Few programs create links, so other results omit them. */
function linksField(links: RunOutcome["links"]): Pick<WasiResult, "links"> {
  return links.length === 0 ? {} : { links: Object.fromEntries(links) };
}

/** The slash distinguishes a folder from an empty file. */
function pathOf(path: string, content: Uint8Array | null): string {
  return content === null ? `${path}/` : path;
}

/** Large texts are decoded on access, because not every test reads every file. */
function textsOf(
  contents: readonly (readonly [path: string, content: Uint8Array])[],
): Readonly<Record<string, string>> {
  const texts: Record<string, string> = {};
  for (const [path, content] of contents) {
    let text = content.length < largeBytes ? decode(content) : undefined;
    const property =
      text === undefined ? { get: () => (text ??= decode(content)) } : { value: text };
    Object.defineProperty(texts, path, { ...property, enumerable: true });
  }
  return texts;
}

function decode(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8");
}
