import { parseJournal } from "../../journal/journal-line.ts";
import type { StoredWorkflow } from "../../store/workflow-store.ts";
import type { EngineObserver, ObservedWorkflow } from "./engine-observer.ts";
import { toPublicId } from "../../workflow/workflow-id.ts";

/** A workflow as observers see it. */
export function toObserved(stored: StoredWorkflow, requestId: string | null): ObservedWorkflow {
  const { id, module, version, workflow, parent, createdAt } = stored;
  return {
    id: toPublicId(id),
    module,
    version,
    workflow,
    parent: parent === null ? null : toPublicId(parent),
    createdAt,
    requestId,
  };
}

/** What observers need to know of a run. */
interface ObservedRun {
  readonly observed: ObservedWorkflow;
  readonly record: { readonly workflow: StoredWorkflow };
}

/**
 * Reports the calls that the guest's own thread answered.
 * @param lines the journal lines that it wrote about them
 */
export function tellCalls(
  observer: EngineObserver | undefined,
  { observed }: ObservedRun,
  lines: string,
): void {
  if (observer?.callAnswered === undefined) {
    return;
  }
  for (const { call, answer, at, answeredAt } of parseJournal([lines])) {
    observer.callAnswered(observed, {
      call,
      answer: answer ?? "",
      madeAt: at,
      answeredAt: answeredAt ?? at,
      resumed: false,
    });
  }
}

/** Reports that the workflow's end is durable. */
export function tellEnd(
  observer: EngineObserver | undefined,
  { observed, record }: ObservedRun,
): void {
  if (observer?.workflowEnded === undefined) {
    return;
  }
  const { status, failure, endedAt } = record.workflow;
  if (status !== "running" && endedAt !== null) {
    observer.workflowEnded(observed, { status, failure, endedAt });
  }
}
