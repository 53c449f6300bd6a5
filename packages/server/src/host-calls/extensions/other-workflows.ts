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

/** A call whose answer becomes durable in one transaction with what it does elsewhere. */
export interface TellingCall {
  /** Whether its workflow still waits for it. */
  isOpen(): boolean;
  /** To be called once, with the change. @param refusal why nothing was changed */
  settle(refusal?: ExtensionError): void;
}

/** A call that may have to be answered in another partition. */
export interface LeavingCall {
  /** Whether its workflow still waits for it. */
  isOpen(): boolean;
  /** What was noted of it where it was made before a restart, and may have been answered elsewhere; otherwise null. */
  readonly left: string | null;
  /**
   * Makes durable that the call is made, and all that led to it.
   * @param note what has to be known beside the call itself, where it is asked for again
   * @returns by which it is known from others of its workflow, also after a restart
   */
  leave(note: string): Promise<{ readonly run: number; readonly step: number }>;
  /** Aborted when nobody waits for it any more. */
  readonly signal: AbortSignal;
}

/** What a workflow can ask of others, wherever they run. */
export interface OtherWorkflows {
  /**
   * Waits for a workflow's end.
   * @param reader the workflow that wants to know
   * @returns the result of an operation of the kind `result`, as JSON text
   * @throws the signal's reason; or an error where the engine stops
   */
  result(reader: number, id: string, signal: AbortSignal): Promise<string>;

  /**
   * Sends a workflow a message, or ends it: in one transaction with the answer of the call, where it is in the same partition,
   * and otherwise before that.
   * @param from the workflow that makes the call
   * @throws Error where the workflow can't be read now, or the engine stops
   */
  tell(from: number, id: string, telling: Telling, call: TellingCall & LeavingCall): Promise<void>;
}
