// What observers of an engine get, and how.
export {
  combineObservers,
  withoutSecrets,
  type EngineObserver,
  type ObservedCall,
  type ObservedCommit,
  type ObservedDecision,
  type ObservedEnd,
  type ObservedWorkflow,
  type StartOrigin,
  type TraceContext,
} from "./engine-observer.ts";
export { createSecretHider, hideSecret } from "./hide-secrets.ts";
export { tellCalls, tellEnd, toObserved } from "./observed-workflow.ts";
export { shortened } from "./shortened.ts";
export { toLogListener, type WorkflowLog } from "./workflow-logs.ts";
export { WorkflowWatch } from "./workflow-watch.ts";
