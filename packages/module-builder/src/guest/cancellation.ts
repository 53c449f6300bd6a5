import type { CancelledError } from "@flawless-ts/wasm-module";

/** Whether, and how, the workflow was asked to cancel. */
export const cancelling: {
  /** The error for operations, once the workflow was asked to cancel. */
  asked: CancelledError | undefined;
  /** How many functions are running that can't be cancelled. */
  shields: number;
  /** What to end when the workflow is asked to cancel. */
  readonly open: Set<(error: CancelledError) => void>;
} = { asked: undefined, shields: 0, open: new Set() };

/** Whether a request to cancel must wait. */
export function isShielded(): boolean {
  return cancelling.shields > 0 && cancelling.asked === undefined;
}

/** Why waiting is not allowed any more; undefined if it is. */
export function refusal(): CancelledError | undefined {
  return cancelling.shields === 0 ? cancelling.asked : undefined;
}
