import { array, nullable, number, object, optional, string, type Shape } from "../http/shape.ts";
import { workflowInfo } from "./answer-shapes.ts";
import type { DeployedName } from "./connection.ts";
import type {
  CancelledWorkflows,
  ModuleSummary,
  RestartedWorkflows,
  WorkflowPage,
} from "./types.ts";

// Members that are not listed here are ignored, as in answer-shapes.ts.

export const deployedName: Shape<DeployedName> = object({
  name: string,
  version: string,
});

export const workflowPage: Shape<WorkflowPage> = object({
  workflows: array(workflowInfo),
  cursor: nullable(string),
  searched: optional(number),
});

export const cancelledWorkflows: Shape<CancelledWorkflows> = object({
  count: number,
  cursor: nullable(string),
});

export const restartedWorkflows: Shape<RestartedWorkflows> = object({
  count: number,
  failed: number,
  failures: array(object({ id: string, code: string, message: string })),
  cursor: nullable(string),
});

export const moduleSummaries: Shape<readonly ModuleSummary[]> = array(
  object({
    name: string,
    version: string,
    hash: string,
    sizeBytes: number,
    workflows: array(string),
    deployedAt: string,
  }),
);
