import type { WorkflowFailureCode } from "../workflow/workflow-failure.ts";

/** Stops a guest whose call exceeds a limit. */
export class GuestRefused extends Error {
  readonly code: WorkflowFailureCode;

  constructor(code: WorkflowFailureCode, message: string) {
    super(message);
    this.code = code;
  }
}
