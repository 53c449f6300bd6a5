import type { ExtensionError } from "./extension-answer.ts";

/** What one workflow does to another. */
export type Telling =
  | {
      readonly kind: "message";
      readonly type: string;
      /** JSON text. */
      readonly data: string;
    }
  | { readonly kind: "cancel" | "terminate" };

/** A call whose answer becomes durable in one transaction with its effect on the other workflow. */
export interface TellingCall {
  /** Whether its workflow still waits for it. */
  isOpen(): boolean;
  /** Call this once, in the same transaction as the change. @param refusal why nothing was changed */
  settle(refusal?: ExtensionError): void;
}

/** A call that another partition may have to answer. */
export interface LeavingCall {
  /** Whether its workflow still waits for it. */
  isOpen(): boolean;
  /** The note of a call that was made before a restart, and may have been answered elsewhere; otherwise null. */
  readonly left: string | null;
  /**
   * Makes the call durable, along with everything that led to it.
   * @param note what must be known besides the call itself if it is made again
   * @returns what identifies the call within its workflow, even after a restart
   */
  leave(note: string): Promise<{ readonly run: number; readonly step: number }>;
  /** Aborted when nobody waits for the call any more. */
  readonly signal: AbortSignal;
}

/** What a workflow can ask of others, wherever they run. */
export interface OtherWorkflows {
  /**
   * Waits for a workflow's end.
   * @param reader the workflow that waits
   * @returns the result of an operation of the kind `result`, as JSON text
   * @throws the signal's reason, or an error if the engine stops
   */
  result(reader: number, id: string, signal: AbortSignal): Promise<string>;

  /**
   * Sends a workflow a message, or ends it: in one transaction with the call's answer if it is in the same partition,
   * otherwise before that.
   * @param from the workflow that makes the call
   * @throws Error if the workflow can't be read now, or the engine stops
   */
  tell(from: number, id: string, telling: Telling, call: TellingCall & LeavingCall): Promise<void>;
}
