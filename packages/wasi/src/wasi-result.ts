import type { WasiRecording } from "./recording/recording.ts";
import type { WasiReturned } from "./recording/returned-value.ts";

/** The result of a program that ended by itself. */
export interface WasiResult {
  /** 0 if it simply returned; an unsigned 32-bit number. */
  readonly exitCode: number;
  /** Its stdout, decoded as UTF-8. */
  readonly stdout: string;
  readonly stdoutBytes: Uint8Array;
  /** Its stderr, decoded as UTF-8. */
  readonly stderr: string;
  readonly stderrBytes: Uint8Array;
  /**
   * The files that it changed or created, decoded as UTF-8, by their paths below the folder. Only folders that are now
   * empty and were not before are listed, with a slash at the end and the text "". Symbolic links are not listed here.
   */
  readonly files: Readonly<Record<string, string>>;
  /** The same files as bytes. */
  readonly fileBytes: Readonly<Record<string, Uint8Array>>;
  /** The symbolic links that it changed or created, with their targets; omitted if there are none. */
  readonly links?: Readonly<Record<string, string>>;
  /** The sorted paths of original files and links that no longer exist. */
  readonly deletedFiles: readonly string[];
  /** The return values of the functions of the option `calls`, in order; omitted without that option. */
  readonly returned?: readonly WasiReturned[];
  /** How long it ran on its own clock, in milliseconds; mostly its sleeps. */
  readonly elapsedMs: number;
}

/** The result of a recorded run. */
export interface RecordedWasiResult extends WasiResult {
  /** What the program was told, as plain JSON, for `replayWasi`. */
  readonly recording: WasiRecording;
}
