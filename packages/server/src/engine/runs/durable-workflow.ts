import { EngineError } from "../../errors.ts";
import type { StoredWorkflow, WorkflowStore } from "../../store/workflow-store.ts";
import type { Timers } from "../../time/timers.ts";
import { toPublicId } from "../../workflow/workflow-id.ts";
import type { Committer, Unsaved } from "../committer.ts";

/** How long a request for a workflow waits until it is saved, in milliseconds. */
const maxWaitMs = 5_000;

/** What {@link durableWorkflow} needs of the engine. */
export interface DurableWorkflowParts {
  readonly store: Pick<WorkflowStore, "workflow">;
  readonly committer: Pick<Committer, "commit" | "writeFailure">;
  readonly timers: Pick<Timers, "setTimeout" | "clearTimeout">;
}

/**
 * The durable state of a workflow. While the journal can't be written, that is what the journal already holds; for a
 * workflow that was started meanwhile, it waits.
 *
 * @param record of a workflow in memory
 * @throws EngineError `WORKFLOW_NOT_FOUND`; `JOURNAL_UNAVAILABLE` if it was started and can't be saved now
 */
export async function durableWorkflow(
  parts: DurableWorkflowParts,
  id: number,
  record: (Unsaved & { readonly workflow: StoredWorkflow }) | undefined,
): Promise<StoredWorkflow> {
  const { committer, store } = parts;
  if (record === undefined) {
    return workflowIn(store, id);
  }
  const { workflow } = record;
  const canBeSaved = committer.writeFailure === null;
  if (canBeSaved && (await isSaved(parts, record))) {
    return workflow;
  }
  const stored = await store.workflow(id);
  if (stored !== undefined) {
    return stored;
  }
  if (!canBeSaved && (await isSaved(parts, record))) {
    return workflow;
  }
  throw new EngineError(
    "JOURNAL_UNAVAILABLE",
    `Workflow ${toPublicId(id)} was started, and could not be saved within ${maxWaitMs} ms. Ask again later.`,
    { workflowId: toPublicId(id) },
  );
}

/** @throws EngineError `WORKFLOW_NOT_FOUND` */
export async function workflowIn(
  store: Pick<WorkflowStore, "workflow">,
  id: number,
): Promise<StoredWorkflow> {
  const stored = await store.workflow(id);
  if (stored === undefined) {
    throw new EngineError("WORKFLOW_NOT_FOUND", `There is no workflow ${toPublicId(id)}.`);
  }
  return stored;
}

/** Whether all changes so far are saved in time. */
async function isSaved(
  { committer, timers }: DurableWorkflowParts,
  record: Unsaved,
): Promise<boolean> {
  const timeUp = Promise.withResolvers<false>();
  const timer = timers.setTimeout(() => timeUp.resolve(false), maxWaitMs);
  try {
    return await Promise.race([committer.commit(record).then(() => true), timeUp.promise]);
  } finally {
    timers.clearTimeout(timer);
  }
}
