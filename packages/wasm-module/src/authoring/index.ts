// What a workflow's file imports as "@flawless-ts/wasm-module": the parts that don't need Node.
export * from "../contract.ts";
export {
  ContractError,
  type ContractDirection,
  type ContractErrorDetails,
  type ContractIssue,
} from "../contract-error.ts";
export * from "../errors.ts";
export { InvalidOptionError } from "../invalid-option-error.ts";
export * from "../json/index.ts";
export { NotSupportedByServerError, type NotSupportedOptions } from "../not-supported-error.ts";
export type * from "./activity-types.ts";
export { anyMessages } from "./any-messages.ts";
export {
  defineModule,
  defineWorkflow,
  type WorkflowDefinitions,
  type WorkflowFunction,
  type WorkflowModule,
} from "./define-module.ts";
export type { DurationLike, DurationUnit } from "../duration-like.ts";
export { FetchError } from "./fetch-error.ts";
export type * from "./child-workflow.ts";
export type * from "./fetch-types.ts";
export type * from "./workflow-context.ts";
export type * from "./workflow-definition.ts";
export * from "./workflow-errors.ts";
