export type { BaseClient } from "./base-client.ts";
export type { CheckedContract } from "./by-contract.ts";
// The client creates instances of these classes; users only need their types.
export type { DeployedModule, Execution, StartArguments, StartOptions } from "./deployed-module.ts";
export type { CancelOptions } from "./endings.ts";
export type { DeployOptions } from "./deploy.ts";
export type {
  ActivityQueueOptions,
  CancelWorkflowsOptions,
  ListOptions,
  RestartWorkflowsOptions,
} from "./many-workflows.ts";
export type { ForkOptions, RestartOptions } from "./restarts.ts";
export type { ModuleSource } from "./module-source.ts";
export type {
  Completion,
  MessageArguments,
  UpdateArguments,
  WorkflowHandle,
  WorkflowKey,
} from "./workflow-handle.ts";
export type {
  BackfillScheduleOptions,
  DescribeScheduleOptions,
  SchedulePageOptions,
  TriggerScheduleOptions,
} from "./schedule-calls.ts";
export type { UpdateOptions } from "./updates.ts";
export type { Schedules } from "./schedules.ts";
export type { ScheduleDefinition, ScheduleSettings } from "./schedule-definition.ts";
