import type { StoredSchedule, StoreWrite } from "../../store/workflow-store.ts";
import type { WholeStore, WholeWorkflow } from "../../store/whole-store.ts";

/** Where a copy is written to. */
export interface CopyTarget {
  /** Which of these workflows are there already, from a copy that did not end. */
  has(ids: readonly number[]): Promise<ReadonlySet<number>>;
  write(workflows: readonly WholeWorkflow[]): Promise<void>;
  /** In place of those of their names. */
  writeSchedules(schedules: readonly StoredSchedule[]): Promise<void>;
  writeModules(writes: readonly StoreWrite[]): Promise<void>;
  /** Reads what was written. */
  written(): Promise<WholeStore>;
}

/** What brings a workflow into a store, with everything that is kept of it. */
export function writesOf(whole: WholeWorkflow): readonly StoreWrite[] {
  const { workflow, appends, messages, notes } = whole;
  const { id } = workflow;
  return [
    { kind: "create", workflow },
    ...appends.map((append): StoreWrite => ({ kind: "append", id, ...append })),
    ...messages.map((message): StoreWrite => ({ kind: "receive", id, message })),
    ...notes.map((note): StoreWrite => ({ kind: "note", id, ...note })),
  ];
}
