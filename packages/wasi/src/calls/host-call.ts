import type { WasiHost } from "../host/wasi-host.ts";
import type { CallFrame } from "./call-frame.ts";

/**
 * One of the functions that WASI offers to a guest, in three parts so that a recording can stand in
 * for the middle one.
 */
export interface HostCall<Asked extends object, Answer extends object> {
  /**
   * Reads what the guest asks for.
   * @throws CallRefused where it can't be read; then the call goes no further, and into no recording
   */
  read(frame: CallFrame): Asked;
  /**
   * Does it.
   * @throws CallRefused which the guest gets as the answer
   */
  perform(host: WasiHost, asked: Asked): Answer;
  /** Writes the answer to where the guest wants it. */
  write(frame: CallFrame, answer: Answer): void;
  /** What a replay does all the same, beside giving the recorded answer. */
  replayed?(host: WasiHost, asked: Asked, answer: Answer): void;
}

/** A call of which only the table of all calls needs to know what it takes and gives. */
export type AnyHostCall = HostCall<object, object>;

/** Parts of calls that answer with nothing but success. */
export const noAnswer = {};

/** For calls that answer with nothing but success. */
export function writeNothing(): void {}
