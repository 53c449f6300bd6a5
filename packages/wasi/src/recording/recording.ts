import type { Errno } from "../host/errno.ts";
import type { RecordedBytes, RecordedValue } from "./recorded-value.ts";

/** One call of a program, and what its host answered. */
export interface WasiStep {
  /** The function's name in WASI, such as `clock_time_get`. */
  readonly call: string;
  readonly asked: RecordedValue;
  /** What the host answered; left out where it refused. */
  readonly answer?: RecordedValue;
  /** The error with which the host refused, as WASI names it. */
  readonly errno?: Errno;
}

/** How a program ended: with an exit code, or by a trap with what the engine says of it. */
export type WasiEnding =
  | {
      readonly exitCode: number;
      /** What the functions of a library gave back; left out for a program. */
      readonly returned?: readonly RecordedValue[];
    }
  | { readonly trap: string };

/**
 * All that a program was told while it ran, and what became of it: plain JSON, to be kept in a file
 * and replayed on the next build of the program.
 */
export interface WasiRecording {
  /** Of this format. */
  readonly version: 1;
  /** The program's name and its arguments. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** The functions that were called of a library; left out for a program. */
  readonly calls?: readonly {
    readonly name: string;
    readonly parameters: readonly RecordedValue[];
  }[];
  /** The calls in their order. Not among them are those whose answers follow from `args` and `env`. */
  readonly steps: readonly WasiStep[];
  readonly ending: WasiEnding;
  /** The files that the program changed or made. */
  readonly files: Readonly<Record<string, RecordedBytes>>;
  /** The symbolic links that it changed or made, with where they lead; left out where there are none. */
  readonly links?: Readonly<Record<string, string>>;
  readonly deletedFiles: readonly string[];
  /** How long the program ran by its own clock, in milliseconds. */
  readonly elapsedMs: number;
}
