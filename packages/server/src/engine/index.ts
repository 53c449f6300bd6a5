// The engine: the entry point for the rest of the server.
export { assertSameStart, outcomeLine } from "./runs/index.ts";
export { isOfOne, MassRestarts } from "./commands/index.ts";
export { Engine } from "./engine.ts";
export type {
  Elsewhere,
  Errand,
  ErrandAnswer,
  ErrandWork,
  FarChild,
  WorkflowStep,
} from "./elsewhere.ts";
export type { EngineOptions } from "./engine-options.ts";
export { EngineShare, type ModuleStore } from "./engine-share.ts";
export { WorkflowWatch } from "./observing/index.ts";
export type {
  EngineObserver,
  ObservedCall,
  ObservedCommit,
  ObservedDecision,
  ObservedEnd,
  ObservedWorkflow,
  StartOrigin,
  TraceContext,
  WorkflowLog,
} from "./observing/index.ts";
export {
  assertConditions,
  type KnownRuns,
  type ReadStore,
  replayHistory,
  type ReplayResult,
  search,
  toRequestedPage,
  WorkflowReader,
} from "./reading/index.ts";
export { isReadableSchedule, readSchedulePage, Schedules } from "./schedules/index.ts";
export type * from "./types.ts";
