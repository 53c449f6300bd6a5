import type { Errno } from "../host/errno.ts";
import type { RecordedBytes, RecordedValue } from "./recorded-value.ts";

/** One call of a program, and its host's answer. */
export interface WasiStep {
  /** The function's name in WASI, such as `clock_time_get`. */
  readonly call: string;
  readonly asked: RecordedValue;
  /** The host's answer; omitted if it refused. */
  readonly answer?: RecordedValue;
  /** The error with which the host refused, by its WASI name. */
  readonly errno?: Errno;
}

/** How a program ended: with an exit code, or with a trap and the engine's text for it. */
export type WasiEnding =
  | {
      readonly exitCode: number;
      /** The return values of a library's functions; omitted for a program. */
      readonly returned?: readonly RecordedValue[];
    }
  | { readonly trap: string };

/**
 * Everything that a program was told while it ran, and its result: plain JSON, to store in a file and replay on the
 * next build of the program.
 */
export interface WasiRecording {
  /** The version of this format. */
  readonly version: 1;
  /** The program's name and its arguments. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** The called functions of a library; omitted for a program. */
  readonly calls?: readonly {
    readonly name: string;
    readonly parameters: readonly RecordedValue[];
  }[];
  /** The calls in order, except those whose answers follow from `args` and `env`. */
  readonly steps: readonly WasiStep[];
  readonly ending: WasiEnding;
  /** The files that the program changed or created. */
  readonly files: Readonly<Record<string, RecordedBytes>>;
  /** The symbolic links that it changed or created, with their targets; omitted if there are none. */
  readonly links?: Readonly<Record<string, string>>;
  readonly deletedFiles: readonly string[];
  /** How long the program ran on its own clock, in milliseconds. */
  readonly elapsedMs: number;
}
