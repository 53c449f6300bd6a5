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

/** Everything that a thread needs to run a program. */
export interface ThreadTask {
  readonly module: WasmModule;
  /** The program's name and its arguments. */
  readonly args: readonly string[];
  /** The functions to call, if it is a library. */
  readonly calls: readonly WasiCall[] | undefined;
  /** The URL of the module with the functions that it imports in addition to WASI's. */
  readonly imports: string | undefined;
  readonly env: Readonly<Record<string, string>>;
  readonly host: HostSettings;
  readonly mode: RunMode;
  readonly stdout: SharedOutputPlace;
  readonly stderr: SharedOutputPlace;
  /** The max bytes of memory for the program, if its module sets no such limit. */
  readonly memoryLimit: number | undefined;
  /** Whether anyone listens to its output while it runs. */
  readonly streamed: boolean;
}

/** The changes to files. */
export interface FileChanges {
  /** Changed and created files, with their content; new empty folders, with null. */
  readonly changed: readonly (readonly [path: string, content: Uint8Array | null])[];
  /** Changed and created symbolic links, with their targets. */
  readonly links: readonly (readonly [path: string, target: string])[];
  readonly deleted: readonly string[];
}

/** A program that ran to its end. */
export interface ThreadResult extends FileChanges {
  readonly ending: WasiEnding;
  /** The engine's error if the program trapped. */
  readonly cause: unknown;
  /** In nanoseconds, on the program's own clock. */
  readonly elapsed: bigint;
  /** Empty unless the run was recorded. */
  readonly steps: readonly WasiStep[];
}

/** A thread's messages. */
export type FromThread =
  /** From now on the program's own time counts. */
  | { readonly type: "running" }
  /** There is something new in this output. It is not repeated until the output was read. */
  | { readonly type: "output"; readonly stream: OutputStream["name"] }
  | { readonly type: "ended"; readonly result: ThreadResult }
  /** The module of the option `imports` is unusable. */
  | { readonly type: "refused"; readonly reason: string; readonly cause: unknown }
  | {
      readonly type: "mismatch";
      readonly step: number;
      readonly recorded: string;
      readonly came: string;
    };
