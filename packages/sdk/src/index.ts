// It exports nothing, and is evaluated first. (For a bare import, bundlers would warn that they omit it.)
export * from "@flawless-ts/wasm-module/internal/needs-node-22";
export * from "./activities/index.ts";
export * from "./client/index.ts";
export * from "./control-plane/index.ts";
export * from "./errors/index.ts";
export * from "./flawless.ts";
export type { Fetch } from "./http/fetch-sender.ts";
export type { CallOptions } from "./http/call-scope.ts";
export type { Sleep, WorkflowClientOptions } from "./options/client-options.ts";
export type { FlawlessOptions } from "./options/flawless-options.ts";
export type { ServerUrl } from "./options/server-urls.ts";
export type * from "./connection/schedule-types.ts";
export type * from "./connection/types.ts";
export * from "./worker/index.ts";
export {
  ContractError,
  FlawlessError,
  defineActivities,
  defineActivity,
  defineContract,
  parseJson,
  type,
  writeJson,
  type ActivityContext,
  type ActivityDefinition,
  type ActivityDefinitions,
  type ActivityFunction,
  type ActivityInput,
  type ActivityLogger,
  type ActivityPolicy,
  type ActivityResult,
  type ActivityRetry,
  type ActivityWithSchemas,
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
