// Running workflows, from start to end.
export { AtOnce } from "./at-once.ts";
export { assertSameStart } from "./keyed-starts.ts";
export { assertMessage, assertRunning, assertTakes } from "./laying-messages.ts";
export { outcomeLine } from "./outcome-line.ts";
export { notesOfUpdates } from "./update-notes.ts";
export { whenIdle, whenSaved } from "./quiet-times.ts";
export { createResidency, type SharedResidency } from "./shared-residency.ts";
export { RunningCount } from "./running-count.ts";
export { RunRegistry } from "./run-registry.ts";
export type { WorkflowRecord } from "./workflow-record.ts";
export type { WorkflowRun } from "./workflow-run.ts";
