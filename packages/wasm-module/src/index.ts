// It exports nothing, and is evaluated first. (For a bare import, bundlers would warn that they omit it.)
export * from "./internal/needs-node-22.ts";
export {
  defineModule,
  defineWorkflow,
  type WorkflowDefinitions,
  type WorkflowFunction,
  type WorkflowModule,
} from "./authoring/define-module.ts";
export type * from "./authoring/activity-types.ts";
export { defineActivities, defineActivity } from "./authoring/define-activities.ts";
export { anyMessages } from "./authoring/any-messages.ts";
export type { DurationLike, DurationUnit } from "./duration-like.ts";
export type { RetryOptions } from "./retry-options.ts";
export { FetchError } from "./authoring/fetch-error.ts";
export type * from "./authoring/child-workflow.ts";
export type * from "./authoring/fetch-types.ts";
export type * from "./authoring/workflow-context.ts";
export type * from "./authoring/workflow-definition.ts";
export * from "./authoring/workflow-errors.ts";
export { AbiError, type AbiErrorCode } from "./abi/abi-error.ts";
export type { Body, BodyForm } from "./abi/body-codec.ts";
export { type Duration, durationToMilliseconds, millisecondsToDuration } from "./abi/duration.ts";
export * from "./abi/host-answer.ts";
export { decodeHostAnswer, encodeHostAnswer } from "./abi/host-answer-codec.ts";
export * from "./abi/host-call.ts";
export type { HttpHeaders } from "./abi/http-headers.ts";
export { decodeHostCall, encodeHostCall } from "./abi/host-call-codec.ts";
export * from "./abi/submit-error-codes.ts";
export * from "./contract.ts";
export {
  ContractError,
  type ContractDirection,
  type ContractErrorDetails,
  type ContractIssue,
} from "./contract-error.ts";
export * from "./errors.ts";
export { InvalidOptionError } from "./invalid-option-error.ts";
export * from "./json/index.ts";
export { NotSupportedByServerError, type NotSupportedOptions } from "./not-supported-error.ts";
export {
  type InspectModuleOptions,
  type ModuleExport,
  type ModuleImport,
  type ModuleInfo,
  type ModuleMemory,
  inspectModule,
} from "./inspect/inspect-module.ts";
export { ModuleError, type ModuleErrorCode } from "./inspect/module-error.ts";
export type { ExternKind } from "./inspect/module-structure.ts";
