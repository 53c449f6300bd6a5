import { FlawlessError } from "@flawless-ts/wasm-module";
import type { WasiRecording } from "./recording/recording.ts";
import { trapFunctions } from "./trap-functions.ts";

/**
 * Why a module can't run as a WASI program.
 *
 * - `FLAWLESS_WASI_MODULE_UNREADABLE`: its file can't be read.
 * - `FLAWLESS_WASI_MODULE_NOT_WASM`: it is not WebAssembly.
 * - `FLAWLESS_WASI_MODULE_IS_COMPONENT`: it is a WebAssembly component, as in WASI 0.2.
 * - `FLAWLESS_WASI_MODULE_INVALID`: the engine refuses it; `cause` says why.
 * - `FLAWLESS_WASI_UNKNOWN_IMPORT`: it imports something other than WASI's functions.
 * - `FLAWLESS_WASI_NO_START`: it has no `_start`; it is a library, not a program.
 * - `FLAWLESS_WASI_NO_MEMORY`: it exports no memory.
 *
 * Damaged files are refused with a `ModuleError` of `@flawless-ts/wasm-module`.
 */
export type WasiModuleErrorCode =
  | "FLAWLESS_WASI_MODULE_UNREADABLE"
  | "FLAWLESS_WASI_MODULE_NOT_WASM"
  | "FLAWLESS_WASI_MODULE_IS_COMPONENT"
  | "FLAWLESS_WASI_MODULE_INVALID"
  | "FLAWLESS_WASI_UNKNOWN_IMPORT"
  | "FLAWLESS_WASI_NO_START"
  | "FLAWLESS_WASI_NO_MEMORY";

/** A module can't run here as a WASI program; `code` says why. */
export class WasiModuleError extends FlawlessError {
  override readonly code: WasiModuleErrorCode;

  constructor(code: WasiModuleErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }

  override get _tag(): "WasiModuleError" {
    return "WasiModuleError";
  }
}

/** What a program had written to its outputs before it was stopped. */
export interface WasiOutputs {
  readonly stdout: string;
  readonly stderr: string;
}

/** A program did not finish. */
abstract class UnfinishedProgramError extends FlawlessError implements WasiOutputs {
  /** What it had written to stdout until then. Languages may buffer text that is not flushed. */
  readonly stdout: string;
  /** What it had written to stderr until then, which often says why it failed. */
  readonly stderr: string;

  constructor(message: string, outputs: WasiOutputs, options?: ErrorOptions) {
    super(message + outputsText(outputs), options);
    this.stdout = outputs.stdout;
    this.stderr = outputs.stderr;
  }
}

/** A program ran longer than it may. It was stopped, and its thread terminated. */
export class WasiTimeoutError extends UnfinishedProgramError {
  override readonly code = "FLAWLESS_WASI_TIMEOUT";
  /** How long it was allowed to run, in milliseconds. */
  readonly timeoutMs: number;

  constructor(timeoutMs: number, outputs: WasiOutputs) {
    super(
      `Expected the program to end within ${timeoutMs} ms, but it still ran and was stopped. Look for an endless ` +
        "loop, or raise `timeoutMs`.",
      outputs,
    );
    this.timeoutMs = timeoutMs;
  }

  override get _tag(): "WasiTimeoutError" {
    return "WasiTimeoutError";
  }
}

/**
 * A program ended with a trap: it aborted, panicked, used up its stack, or did something that WebAssembly forbids. The
 * engine's error, with the program's stack, is the `cause`.
 */
export class WasiTrapError extends UnfinishedProgramError {
  override readonly code = "FLAWLESS_WASI_TRAP";
  /** The program's functions on the stack, innermost first: their names, or `function 12` without a name. */
  readonly functions: readonly string[];
  /** The run's recording, if it was recorded. */
  readonly recording: WasiRecording | undefined;

  constructor(
    trap: string,
    outputs: WasiOutputs,
    recording: WasiRecording | undefined,
    options?: ErrorOptions,
  ) {
    const functions = trapFunctions(options?.cause);
    super(
      `Expected the program to end with an exit code, but it broke off: ${trap}${placeText(functions)}.`,
      outputs,
      options,
    );
    this.functions = functions;
    this.recording = recording;
  }

  override get _tag(): "WasiTrapError" {
    return "WasiTrapError";
  }
}

/** A replayed program did something other than what was recorded. */
export class WasiReplayMismatchError extends FlawlessError {
  override readonly code = "FLAWLESS_WASI_REPLAY_MISMATCH";
  /** The number of the call at which they diverge, counted from 1. */
  readonly step: number;
  /** The recorded call with its request, or the recorded end. */
  readonly recorded: string;
  /** The call or end that came instead. */
  readonly came: string;

  constructor(step: number, recorded: string, came: string) {
    super(
      `Expected the program to do at step ${step} what was recorded, ${shorten(recorded)}, but now came ` +
        `${shorten(came)}. If the change is meant, record anew.`,
    );
    this.step = step;
    this.recorded = recorded;
    this.came = came;
  }

  override get _tag(): "WasiReplayMismatchError" {
    return "WasiReplayMismatchError";
  }
}

/** A value is not a recording. */
export class WasiRecordingError extends FlawlessError {
  override readonly code = "FLAWLESS_WASI_INVALID_RECORDING";

  override get _tag(): "WasiRecordingError" {
    return "WasiRecordingError";
  }
}

/** A program's thread ended too early, usually because the process ran out of memory. */
export class WasiThreadError extends UnfinishedProgramError {
  override readonly code = "FLAWLESS_WASI_THREAD_FAILED";

  constructor(reason: string, outputs: WasiOutputs, options?: ErrorOptions) {
    super(
      `Expected the program's thread to run it to its end, but the thread failed: ${reason}. Give the process more memory, or run fewer programs at once.`,
      outputs,
      options,
    );
  }

  override get _tag(): "WasiThreadError" {
    return "WasiThreadError";
  }
}

const maxShownLength = 500;
const maxCallers = 16;

function placeText([innermost, ...callers]: readonly string[]): string {
  if (innermost === undefined) return "";
  const shown = callers.slice(0, maxCallers).map((name) => `\`${name}\``);
  const rest = callers.length > maxCallers ? ["…"] : [];
  const calledBy = callers.length === 0 ? "" : `, called by ${[...shown, ...rest].join(", ")}`;
  return `, in \`${innermost}\`${calledBy}`;
}

function shorten(text: string): string {
  return text.length > maxShownLength
    ? `${text.slice(0, maxShownLength)}… (${text.length} characters)`
    : text;
}

function outputsText({ stdout, stderr }: WasiOutputs): string {
  // The end says more than the start about why a program stopped.
  const show = (name: string, text: string): string =>
    text === ""
      ? ""
      : `\n${name}: ${text.length > maxShownLength ? "…" : ""}${text.slice(-maxShownLength).trimEnd()}`;
  return show("stderr", stderr) + show("stdout", stdout);
}
