import type { StoreWrite, StoredWorkflow, WorkflowState } from "../store/workflow-store.ts";

/** The state of a workflow that has just been started. */
export const freshState: WorkflowState = {
  status: "running",
  wakeAt: 0,
  waiting: null,
  response: null,
  endedAt: null,
  failure: null,
  cancelBy: null,
  run: 1,
  journalStart: 0,
  hasBoundChildren: false,
};

/** A workflow as the journal stores it, for tests that need no guest. */
export function storedWorkflow(id: number, changed: Partial<StoredWorkflow> = {}): StoredWorkflow {
  return {
    ...freshState,
    id,
    module: "conformance",
    version: "1.0.0",
    moduleHash: "ab".repeat(32),
    workflow: "noop",
    input: "null",
    createdAt: 1_767_323_045_000,
    parent: null,
    root: id,
    depth: 0,
    detached: false,
    bound: false,
    idempotencyKey: null,
    labels: {},
    ...changed,
  };
}

/** The write that stores such a workflow in a journal. */
export function create(id: number, changed: Partial<StoredWorkflow> = {}): StoreWrite {
  return { kind: "create", workflow: storedWorkflow(id, changed) };
}
