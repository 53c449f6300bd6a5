// It exports nothing, and is evaluated first. (For a bare import, bundlers would warn that they omit it.)
export * from "@flawless-ts/wasm-module/internal/needs-node-22";
export { checked } from "./checked.ts";
export { WorkflowClient } from "./workflow-client.ts";
export type { BaseClient } from "../client/base-client.ts";
export type { CheckedContract } from "../client/by-contract.ts";
export type {
  DeployedModule,
  Execution,
  StartArguments,
  StartOptions,
} from "../client/deployed-module.ts";
export type { CancelOptions } from "../client/endings.ts";
export type { ForkOptions, RestartOptions } from "../client/restarts.ts";
export type { UpdateOptions } from "../client/updates.ts";
export type {
  Completion,
  MessageArguments,
  UpdateArguments,
  WorkflowHandle,
  WorkflowKey,
} from "../client/workflow-handle.ts";
export type {
  HistoryStep,
  JournalStep,
  ThrownError,
  WorkflowDetails,
  WorkflowFailure,
  WorkflowHistory,
  WorkflowInfo,
  WorkflowJournal,
  WorkflowRestart,
  WorkflowStatus,
  WorkflowWaiting,
} from "../connection/types.ts";
export * from "../errors/index.ts";
export type { CallOptions } from "../http/call-scope.ts";
export type { Fetch } from "../http/fetch-sender.ts";
export type { Sleep, WorkflowClientOptions } from "../options/client-options.ts";
export type { ServerUrl } from "../options/server-urls.ts";
export {
  ContractError,
  FlawlessError,
  defineContract,
  parseJson,
  type,
  writeJson,
  type Contract,
  type ContractDirection,
  type ContractIssue,
  type InputOf,
  type JsonValue,
  type MessageOf,
  type MessageTypes,
  type ResponseOf,
  type RetryOptions,
  type StateOf,
  type UntypedContract,
  type UpdateContract,
  type UpdateInputOf,
  type UpdateOutputOf,
  type UpdateTypes,
  type WorkflowContract,
  type WorkflowContracts,
  type WorkflowNames,
} from "@flawless-ts/wasm-module";
