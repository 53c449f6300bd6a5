import "@flawless-ts/wasm-module/internal/needs-node-24";
export { startServer, type FlawlessServer } from "./server.ts";
export type { JournalOptions, ServerOptions } from "./server-options.ts";
export type { PostgresJournalOptions } from "./cluster/postgres-options.ts";
export type { ApiLimits } from "./api/api-options.ts";
export type { EngineLimitOptions, EngineLimits } from "./engine/limits.ts";
export type {
  EngineObserver,
  ObservedCall,
  ObservedCommit,
  ObservedEnd,
  ObservedWorkflow,
  TraceContext,
} from "./engine/index.ts";
export { EngineError, type EngineErrorCode } from "./errors.ts";
export type { ExecutorOptions } from "./executor/executor-options.ts";
export type { NetworkRules } from "./network/network-rules.ts";
export type { WorkflowFailure, WorkflowFailureCode } from "./workflow/workflow-failure.ts";
export {
  ListenError,
  type ListenErrorCode,
  type CloseOptions,
  type TlsFiles,
  TlsIdentity,
  TokenList,
} from "@flawless-ts/http-service/program";
export { InvalidOptionError, type RetryOptions } from "@flawless-ts/wasm-module";
