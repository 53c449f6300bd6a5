export { systemClock, type Clock } from "./time/clock.ts";
export { captureTimers, type Timers } from "./time/timers.ts";
export {
  Engine,
  replayHistory,
  type EngineObserver,
  type EngineOptions,
  type ObservedCall,
  type ObservedCommit,
  type ObservedEnd,
  type ObservedWorkflow,
  type ReplayResult,
  type StartOrigin,
  type TraceContext,
  type WorkflowLog,
} from "./engine/index.ts";
export { defaultLimits, type EngineLimitOptions, type EngineLimits } from "./engine/limits.ts";
export type * from "./engine/types.ts";
export type { WorkflowFailure, WorkflowFailureCode } from "./workflow/workflow-failure.ts";
export { fromPublicId, toPublicId } from "./workflow/workflow-id.ts";
export { EngineError, type EngineErrorCode } from "./errors.ts";
export {
  ExecutorPool,
  type ExecutorPoolOptions,
  type ExecutorStatistics,
} from "./executor/executor-pool.ts";
export type { GuestLog } from "./executor/messages.ts";
export {
  HttpTransportFailure,
  type HttpClient,
  type IncomingResponse,
  type OutgoingRequest,
} from "./network/http-client.ts";
export { NetworkHttpClient, type NetworkHttpClientOptions } from "./network/network-http-client.ts";
export {
  HostRefusedFailure,
  NetworkPolicy,
  type NetworkRules,
  type RefusedHost,
} from "./network/network-rules.ts";
export { parseJournal, type JournalRecord } from "./journal/journal-line.ts";
export { onOneLine } from "./history-text/one-line.ts";
export { spanText } from "./history-text/span-text.ts";
export { answerText, callText } from "./history-text/step-text.ts";
export * from "./store/workflow-store.ts";
export { MemoryWorkflowStore, MemoryStorage } from "./store/memory-workflow-store.ts";
export { SqliteWorkflowStore } from "./store/sqlite/sqlite-workflow-store.ts";
export type { ApiLimits, ApiOptions } from "./api/api-options.ts";
export { createApi } from "./api/create-api.ts";
export type { EngineApi, EngineHealth } from "./api/engine-api.ts";
export { statusOfEngineError } from "./api/engine-error-reply.ts";
export { ListenError } from "@flawless-ts/http-service";
export { InvalidOptionError } from "@flawless-ts/wasm-module";
export { serverVersion } from "./api/version.ts";
export { startServer, type FlawlessServer } from "./server.ts";
export type { ServerOptions } from "./server-options.ts";
