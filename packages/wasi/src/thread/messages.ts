import type { OutputStream } from "../host/descriptors.ts";
import type { HostSettings } from "../host/wasi-host.ts";
import type { WasiEnding, WasiStep } from "../recording/recording.ts";
import type { WasiCall } from "../wasi-options.ts";
import type { WasmModule } from "../webassembly.ts";
import type { SharedOutputPlace } from "./shared-output.ts";

/** Whether the calls are only answered, also recorded, or answered from a recording. */
export type RunMode =
  | { readonly type: "run" }
  | { readonly type: "record" }
  | { readonly type: "replay"; readonly steps: readonly WasiStep[]; readonly ending: WasiEnding };

/** All that a thread needs to run a program. */
export interface ThreadTask {
  readonly module: WasmModule;
  /** The program's name and its arguments. */
  readonly args: readonly string[];
  /** The functions to call, where it is a library. */
  readonly calls: readonly WasiCall[] | undefined;
  /** The URL of the module with the functions that it imports beside WASI's. */
  readonly imports: string | undefined;
  readonly env: Readonly<Record<string, string>>;
  readonly host: HostSettings;
  readonly mode: RunMode;
  readonly stdout: SharedOutputPlace;
  readonly stderr: SharedOutputPlace;
  /** How many bytes of memory the program may have, where its module sets no such limit. */
  readonly memoryLimit: number | undefined;
  /** Whether anyone listens to its output while it runs. */
  readonly streamed: boolean;
}

/** What became of the files. */
export interface FileChanges {
  /** Files that were changed or made, with their content; new empty folders, with null. */
  readonly changed: readonly (readonly [path: string, content: Uint8Array | null])[];
  /** Symbolic links that were changed or made, with where they lead. */
  readonly links: readonly (readonly [path: string, target: string])[];
  readonly deleted: readonly string[];
}

/** A program that ran to its end. */
export interface ThreadResult extends FileChanges {
  readonly ending: WasiEnding;
  /** The engine's error where the program trapped. */
  readonly cause: unknown;
  /** In nanoseconds, by the program's own clock. */
  readonly elapsed: bigint;
  /** Empty unless the run was recorded. */
  readonly steps: readonly WasiStep[];
}

/** What a thread tells. */
export type FromThread =
  /** From now on the program's own time counts. */
  | { readonly type: "running" }
  /** There is something new in that output. It is not said again until it was looked at. */
  | { readonly type: "output"; readonly stream: OutputStream["name"] }
  | { readonly type: "ended"; readonly result: ThreadResult }
  /** The module of the option `imports` does not do. */
  | { readonly type: "refused"; readonly reason: string; readonly cause: unknown }
  | {
      readonly type: "mismatch";
      readonly step: number;
      readonly recorded: string;
      readonly came: string;
    };
