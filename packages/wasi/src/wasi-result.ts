import type { WasiRecording } from "./recording/recording.ts";
import type { WasiReturned } from "./recording/returned-value.ts";

/** What became of a program that ended by itself. */
export interface WasiResult {
  /** 0 where it just ended; an unsigned number of 32 bits. */
  readonly exitCode: number;
  /** All that it wrote to stdout, read as UTF-8. */
  readonly stdout: string;
  readonly stdoutBytes: Uint8Array;
  /** All that it wrote to stderr, read as UTF-8. */
  readonly stderr: string;
  readonly stderrBytes: Uint8Array;
  /**
   * The files that it changed or made, read as UTF-8, by their paths below the folder. Of folders only those
   * are listed that are empty and were not before, with a slash at the end and the text "". Symbolic links are not listed here.
   */
  readonly files: Readonly<Record<string, string>>;
  /** The same files as bytes. */
  readonly fileBytes: Readonly<Record<string, Uint8Array>>;
  /** The symbolic links that it changed or made, each with where it leads; left out where there are none. */
  readonly links?: Readonly<Record<string, string>>;
  /** The paths of the files and links that it found and that are no longer there, sorted. */
  readonly deletedFiles: readonly string[];
  /** What the functions of the option `calls` gave back, in their order; left out without that option. */
  readonly returned?: readonly WasiReturned[];
  /** How long it ran by its own clock, in milliseconds; sleeping is what mostly counts. */
  readonly elapsedMs: number;
}

/** What became of a program whose run was recorded. */
export interface RecordedWasiResult extends WasiResult {
  /** What the program was told, as plain JSON, for `replayWasi`. */
  readonly recording: WasiRecording;
}
