import type { SearchBy, StoredWorkflow, StoredWorkflowFilter } from "./workflow-store.ts";

/** Whether a list with this filter contains the workflow, if it is long enough. */
export function isListed(found: StoredWorkflow, filter: StoredWorkflowFilter): boolean {
  const { status, module, version, workflow, idempotencyKey } = filter;
  const { below = Number.POSITIVE_INFINITY, endedWithBoundChildren } = filter;
  const { runningDescendantsOf: root, runningBoundTo: parent, childrenOf } = filter;
  return (
    found.id < below &&
    (root === undefined ||
      (found.root === root && found.parent !== null && found.status === "running")) &&
    (parent === undefined ||
      (found.parent === parent && found.bound && found.status === "running")) &&
    (childrenOf === undefined || found.parent === childrenOf) &&
    (endedWithBoundChildren === undefined ||
      (found.hasBoundChildren && found.status !== "running")) &&
    found.status === (status ?? found.status) &&
    found.module === (module ?? found.module) &&
    found.version === (version ?? found.version) &&
    found.workflow === (workflow ?? found.workflow) &&
    found.idempotencyKey === (idempotencyKey ?? found.idempotencyKey) &&
    matches(found, filter)
  );
}

/** Whether a walk by this index comes by the workflow. */
export function isAmong(
  workflow: StoredWorkflow,
  filter: Omit<StoredWorkflowFilter, "below" | "from">,
  by: SearchBy,
): boolean {
  switch (by) {
    case "all":
      return true;
    case "status":
      return workflow.status === filter.status;
    case "keys":
      return workflow.idempotencyKey?.startsWith(filter.keyPrefix ?? "") === true;
    default:
      return workflow.labels[by.label] === filter.labels?.[by.label];
  }
}

/** The conditions of a search. */
function matches(workflow: StoredWorkflow, filter: StoredWorkflowFilter): boolean {
  const { createdFrom = 0, createdBefore = Infinity, endedFrom, endedBefore, from = 0 } = filter;
  const { keyPrefix, namePrefix = "", inputText = "" } = filter;
  const { createdAt, endedAt, idempotencyKey, input, labels } = workflow;
  return (
    workflow.id >= from &&
    createdAt >= createdFrom &&
    createdAt < createdBefore &&
    (endedFrom === undefined || (endedAt !== null && endedAt >= endedFrom)) &&
    (endedBefore === undefined || (endedAt !== null && endedAt < endedBefore)) &&
    (keyPrefix === undefined || idempotencyKey?.startsWith(keyPrefix) === true) &&
    workflow.workflow.startsWith(namePrefix) &&
    input.includes(inputText) &&
    Object.entries(filter.labels ?? {}).every(([key, value]) => labels[key] === value)
  );
}
