import { WorkflowCancelledError, WorkflowFailedError } from "../errors/refusals.ts";
import { errorOf } from "../errors/thrown.ts";
import type { WorkflowInfo } from "./types.ts";

/**
 * What a workflow that has ended responded: JSON text, or `null` where it completed without a response.
 *
 * @param url where the workflow was asked for.
 * @throws {WorkflowFailedError | WorkflowCancelledError} where it did not complete, also after it had responded.
 */
export function resultOf(info: WorkflowInfo, url: string): string | null {
  return responseOf(info.status === "completed" ? info : { ...info, response: null }, url);
}

/**
 * What a workflow responded: JSON text, or `null` where it completed without a response.
 *
 * @param url where the workflow was asked for.
 * @throws {WorkflowFailedError | WorkflowCancelledError} when that came before the response.
 */
export function responseOf(
  { id, status, response, error }: WorkflowInfo,
  url: string,
): string | null {
  const refusal = { url, workflowId: id };
  if (response === null && status === "failed") {
    const serverMessage = error?.message ?? "the server does not tell why";
    const thrown = error?.thrown;
    throw new WorkflowFailedError(
      { ...refusal, status: 422, serverCode: "WORKFLOW_FAILED", serverMessage },
      thrown === undefined ? {} : { cause: errorOf(thrown) },
    );
  }
  if (response === null && status === "cancelled") {
    throw new WorkflowCancelledError({
      ...refusal,
      status: 409,
      serverCode: "WORKFLOW_CANCELLED",
      serverMessage: `workflow ${id} was cancelled before it responded`,
    });
  }
  return response;
}
