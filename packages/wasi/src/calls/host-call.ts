import type { WasiHost } from "../host/wasi-host.ts";
import type { CallFrame } from "./call-frame.ts";

/**
 * One of WASI's functions for a guest, in three parts so that a recording can replace the middle one.
 */
export interface HostCall<Asked extends object, Answer extends object> {
  /**
   * Reads the guest's request.
   * @throws CallRefused if it can't be read; then the call ends, and is not recorded
   */
  read(frame: CallFrame): Asked;
  /**
   * Carries it out.
   * @throws CallRefused, which the guest gets as the answer
   */
  perform(host: WasiHost, asked: Asked): Answer;
  /** Writes the answer into the guest's memory. */
  write(frame: CallFrame, answer: Answer): void;
  /** What a replay does in addition to returning the recorded answer. */
  replayed?(host: WasiHost, asked: Asked, answer: Answer): void;
}

/** A call without its types, for the table of all calls. */
export type AnyHostCall = HostCall<object, object>;

/** The answer of calls that return only success. */
export const noAnswer = {};

/** For calls that return only success. */
export function writeNothing(): void {}
