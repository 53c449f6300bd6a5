import type { StoredSchedule, StoreWrite } from "../../store/workflow-store.ts";
import type { WholeStore, WholeWorkflow } from "../../store/whole-store.ts";

/** The target of a copy. */
export interface CopyTarget {
  /** The workflows of these that an incomplete copy has written already. */
  has(ids: readonly number[]): Promise<ReadonlySet<number>>;
  write(workflows: readonly WholeWorkflow[]): Promise<void>;
  /** Replaces schedules of the same names. */
  writeSchedules(schedules: readonly StoredSchedule[]): Promise<void>;
  writeModules(writes: readonly StoreWrite[]): Promise<void>;
  /** Reads what was written. */
  written(): Promise<WholeStore>;
}

/** The writes that store a workflow with everything that belongs to it. */
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
