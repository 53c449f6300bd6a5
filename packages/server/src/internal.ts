// Only for the other packages of this project: it may change with any version.
export { statusOfEngineError } from "./api/engine-error-reply.ts";
export { serverVersion } from "./server-version.ts";
export {
  Engine,
  type EngineOptions,
  replayHistory,
  type ReplayResult,
  type WorkflowLog,
} from "./engine/index.ts";
export type * from "./engine/types.ts";
export { ExecutorPool, type ExecutorPoolOptions } from "./executor/executor-pool.ts";
export { journalTable } from "./history-text/journal-table.ts";
export { onOneLine } from "./history-text/one-line.ts";
export { spanText } from "./history-text/span-text.ts";
export { answerText, callText } from "./history-text/step-text.ts";
export {
  type HttpClient,
  HttpTransportFailure,
  type IncomingResponse,
  type OutgoingRequest,
} from "./network/http-client.ts";
export { NetworkHttpClient } from "./network/network-http-client.ts";
export { NetworkPolicy } from "./network/network-rules.ts";
export { openServer, type RunningServer } from "./server.ts";
export { MemoryStorage } from "./store/memory-storage.ts";
export { MemoryWorkflowStore } from "./store/memory-workflow-store.ts";
export {
  CommitQueue,
  PartitionTable,
  PostgresDatabase,
  PostgresWorkflowStore,
} from "./store/postgres/index.ts";
export { SqliteWorkflowStore } from "./store/sqlite/sqlite-workflow-store.ts";
export {
  type StoredWorkflow,
  type StoreWrite,
  StoreWriteError,
  type WorkflowStore,
} from "./store/workflow-store.ts";
export { type Clock, systemClock } from "./time/clock.ts";
export { captureTimers, type Timers } from "./time/timers.ts";
export { fromPublicId, toPublicId } from "./workflow/workflow-id.ts";
