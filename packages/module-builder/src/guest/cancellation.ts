import type { CancelledError } from "@flawless-ts/wasm-module";

/** What is known of whether the workflow is asked to cancel. */
export const cancelling: {
  /** What the workflow was told when it was asked to. */
  asked: CancelledError | undefined;
  /** How many functions run that cancelling does not reach. */
  shields: number;
  /** What ends when the workflow is asked to cancel. */
  readonly open: Set<(error: CancelledError) => void>;
} = { asked: undefined, shields: 0, open: new Set() };

/** Whether a request to cancel has to wait. */
export function isShielded(): boolean {
  return cancelling.shields > 0 && cancelling.asked === undefined;
}

/** Why nothing more may be waited for; undefined where it may. */
export function refusal(): CancelledError | undefined {
  return cancelling.shields === 0 ? cancelling.asked : undefined;
}
