import type * as api from "@flawless-ts/sdk";

/** Why a workflow failed. */
export interface WorkflowFailure extends api.WorkflowFailure {
  /**
   * `PANIC` (the guest panicked or trapped), `REPLAY_MISMATCH` (the guest did something other than its journal says),
   * `TIME_LIMIT` (too long without a host call), `JOURNAL_LIMIT` (its journal grew too large), `RESPONSE_LIMIT` (its
   * response is too large), `MEMORY_LIMIT` (all guests together used too much memory, and this one computed longest),
   * `CHILD_LIMIT` (it started more workflows, or more levels of them, than allowed), `CALL_LIMIT` (a host call that
   * is too large), `INVALID_CALL` (one that can't be answered), `MODULE_UNUSABLE` (its module can't be instantiated
   * any more), `THROWN` (it ended with the error in `thrown`).
   */
  readonly code: WorkflowFailureCode;
}

/** @see WorkflowFailure */
export type WorkflowFailureCode =
  | "PANIC"
  | "REPLAY_MISMATCH"
  | "TIME_LIMIT"
  | "JOURNAL_LIMIT"
  | "RESPONSE_LIMIT"
  | "MEMORY_LIMIT"
  | "CHILD_LIMIT"
  | "CALL_LIMIT"
  | "INVALID_CALL"
  | "MODULE_UNUSABLE"
  | "THROWN";
