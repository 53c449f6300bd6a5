// The classes are made by the client: users only name their types.
export type { DeployedModule, StartArguments, StartOptions } from "./deployed-module.ts";
export type { ModuleSource } from "./module-source.ts";
export type { StartedWorkflow } from "./started-workflow.ts";
export type { Completion, MessageArguments, WorkflowHandle } from "./workflow-handle.ts";
