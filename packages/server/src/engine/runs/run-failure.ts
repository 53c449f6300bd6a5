import { changeTexts } from "../../workflow/thrown-error.ts";
import type { WorkflowFailure } from "../../workflow/workflow-failure.ts";
import { shortened } from "../observing/index.ts";

/** Characters of a failure's message: a guest may panic with a text as large as its memory. */
const failureCharacters = 16 * 1024;

/** The name of the error by which a workflow that was asked to cancel ends. */
const cancelledError = "CancelledError";

/** As it is shown to whoever asks for the workflow, and to its caller. */
export function shownFailure(
  failure: WorkflowFailure,
  hideSecrets: (text: string) => string,
): WorkflowFailure {
  const shown = changeTexts(failure, hideSecrets);
  return { ...shown, message: shortened(shown.message, failureCharacters) };
}

/** Whether a workflow that was asked to cancel ends by that. */
export function isCancellation({ thrown }: WorkflowFailure): boolean {
  return thrown?.name === cancelledError;
}
