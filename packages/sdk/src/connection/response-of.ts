import { WorkflowCancelledError, WorkflowFailedError } from "../errors/refusals.ts";
import { errorOf } from "../errors/thrown.ts";
import type { WorkflowInfo } from "./types.ts";

/**
 * The response of a workflow that has ended: JSON text, or `null` if it completed without one.
 *
 * @param url of the server, for errors.
 * @throws {WorkflowFailedError | WorkflowCancelledError} if it did not complete, even after it had responded.
 */
export function resultOf(info: WorkflowInfo, url: string): string | null {
  throwUnlessCompleted(info, url);
  return info.response;
}

/**
 * A workflow's response: JSON text, or `null` if it completed without one.
 *
 * @param url of the server, for errors.
 * @throws {WorkflowFailedError | WorkflowCancelledError} if it ended that way before it responded.
 */
export function responseOf(info: WorkflowInfo, url: string): string | null {
  if (info.response === null) throwUnlessCompleted(info, url);
  return info.response;
}

function throwUnlessCompleted({ id, status, response, error }: WorkflowInfo, url: string): void {
  const refusal = { url, workflowId: id };
  if (status === "failed") {
    const serverMessage = error?.message ?? "the server does not tell why";
    const thrown = error?.thrown;
    throw new WorkflowFailedError(
      { ...refusal, status: 422, serverCode: "WORKFLOW_FAILED", serverMessage },
      thrown === undefined ? {} : { cause: errorOf(thrown) },
    );
  }
  if (status === "cancelled") {
    throw new WorkflowCancelledError({
      ...refusal,
      status: 409,
      serverCode: "WORKFLOW_CANCELLED",
      serverMessage: `Workflow ${id} was cancelled${response === null ? " before it responded" : ""}.`,
    });
  }
}
