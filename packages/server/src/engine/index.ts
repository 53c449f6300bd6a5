// The engine: the rest of the server enters by here.
export { Engine } from "./engine.ts";
export type { EngineOptions } from "./engine-options.ts";
export { WorkflowWatch } from "./observing/index.ts";
export type {
  EngineObserver,
  ObservedCall,
  ObservedCommit,
  ObservedEnd,
  ObservedWorkflow,
  StartOrigin,
  TraceContext,
  WorkflowLog,
} from "./observing/index.ts";
export { replayHistory, type ReplayResult } from "./reading/index.ts";
export type * from "./types.ts";
