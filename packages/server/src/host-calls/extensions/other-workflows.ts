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

/**
 * What a workflow can ask of others. An engine answers for those of its own partition, where children live with their
 * parents; asking other nodes for the rest would be another implementation of this.
 */
export interface OtherWorkflows {
  /**
   * Waits for a workflow's end.
   * @param reader the workflow that wants to know
   * @returns the result of an operation of the kind `result`, as JSON text
   * @throws the signal's reason; or an error where the engine stops
   */
  result(reader: number, id: string, signal: AbortSignal): Promise<string>;

  /**
   * Sends a workflow a message, or ends it, in one transaction with the answer of the call.
   * @param from the workflow that makes the call
   * @throws Error where the workflow can't be read now, or the engine stops
   */
  tell(from: number, id: string, telling: Telling, call: TellingCall): Promise<void>;
}
