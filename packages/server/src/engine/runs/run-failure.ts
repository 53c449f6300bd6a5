import { changeTexts } from "../../workflow/thrown-error.ts";
import type { WorkflowFailure } from "../../workflow/workflow-failure.ts";
import { shortened } from "../observing/index.ts";

/** The max number of characters of a failure's message: a guest may panic with a text as large as its memory. */
const failureCharacters = 16 * 1024;

/** The name of the error with which a workflow ends that was asked to cancel. */
const cancelledError = "CancelledError";

/** The failure as shown to readers of the workflow and to its caller. */
export function shownFailure(
  failure: WorkflowFailure,
  hideSecrets: (text: string) => string,
): WorkflowFailure {
  const shown = changeTexts(failure, hideSecrets);
  return { ...shown, message: shortened(shown.message, failureCharacters) };
}

/** Whether this failure is how a workflow ends that was asked to cancel. */
export function isCancellation({ thrown }: WorkflowFailure): boolean {
  return thrown?.name === cancelledError;
}
