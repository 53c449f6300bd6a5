import { EngineError } from "../errors.ts";
import { toIsoTime } from "../host-calls/deadline.ts";
import type { StoredWorkflow } from "../store/workflow-store.ts";
import type { WorkflowInfo, WorkflowWaiting } from "./types.ts";
import { toPublicId } from "../workflow/workflow-id.ts";

/** The max number of characters shown of a workflow's message types. It may wait for many more. */
const typeCharacters = 2_048;

/** A workflow as the API shows it. */
export function toInfo(workflow: StoredWorkflow): WorkflowInfo {
  return {
    id: toPublicId(workflow.id),
    module: workflow.module,
    version: workflow.version,
    moduleHash: workflow.moduleHash,
    workflow: workflow.workflow,
    status: workflow.status,
    waiting: shortenedWaiting(workflow.waiting),
    createdAt: toIsoTime(workflow.createdAt),
    endedAt: workflow.endedAt === null ? null : toIsoTime(workflow.endedAt),
    response: workflow.response,
    error: workflow.failure,
    parent: workflow.parent === null ? null : toPublicId(workflow.parent),
    cancelBy: workflow.cancelBy === null ? null : toIsoTime(workflow.cancelBy),
    run: workflow.run,
    idempotencyKey: workflow.idempotencyKey,
    labels: workflow.labels,
  };
}

function shortenedWaiting(waiting: WorkflowWaiting | null): WorkflowWaiting | null {
  if (waiting?.on !== "message" && waiting?.on !== "operations") {
    return waiting;
  }
  const types: string[] = [];
  let left = typeCharacters;
  for (const type of waiting.types) {
    if (type.length > left) {
      const more = waiting.types.length - types.length;
      return { ...waiting, types: [...types, `… and ${more} more`] };
    }
    types.push(type);
    left -= type.length + 1;
  }
  return waiting;
}

/** The error that the caller of `start` gets for a workflow that ended without a response. */
export function endWithoutResponse(workflow: StoredWorkflow): EngineError | null {
  const id = toPublicId(workflow.id);
  switch (workflow.status) {
    case "failed":
      return new EngineError(
        "WORKFLOW_FAILED",
        workflow.failure?.message ?? `Workflow ${id} failed.`,
        { workflowId: id },
      );
    case "cancelled":
      return new EngineError(
        "WORKFLOW_CANCELLED",
        `Workflow ${id} was cancelled before it responded.`,
        { workflowId: id },
      );
    default:
      return null;
  }
}
