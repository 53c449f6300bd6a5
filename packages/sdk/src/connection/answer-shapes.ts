import {
  array,
  nullable,
  number,
  object,
  oneOf,
  optional,
  record,
  string,
  type Shape,
  variant,
} from "../http/shape.ts";
import type { ExecutedWorkflow } from "./connection.ts";
import type {
  ServerHealth,
  ThrownError,
  WorkflowDetails,
  WorkflowFailure,
  WorkflowInfo,
  WorkflowStatus,
} from "./types.ts";

// Members that are not listed here are ignored, because a newer server may have more.

export const startedId: Shape<ExecutedWorkflow> = object({
  id: string,
  response: optional(nullable(string), null),
});

const waiting = variant("on", {
  sleep: { until: string },
  message: { types: array(string), until: nullable(string) },
  http: { method: string, url: string },
  activity: { queue: string, name: string, attempt: number },
  operations: { count: number, types: array(string), until: nullable(string) },
});

/** A workflow's status. */
export const status: Shape<WorkflowStatus> = oneOf(["running", "completed", "failed", "cancelled"]);
const thrown: Shape<ThrownError> = object({
  name: string,
  message: string,
  stack: nullable(string),
  cause: nullable(nested),
  errors: array(nested),
});

function nested(value: unknown, path: string): ThrownError {
  return thrown(value, path);
}

/** A workflow's failure; `null` if it did not fail. */
export const failure: Shape<WorkflowFailure | null> = nullable(
  object({ code: string, message: string, thrown: optional(thrown) }),
);

const infoMembers = {
  id: string,
  module: string,
  version: string,
  moduleHash: string,
  workflow: string,
  status,
  waiting: nullable(waiting),
  createdAt: string,
  endedAt: nullable(string),
  response: nullable(string),
  error: failure,
  parent: nullable(string),
  cancelBy: nullable(string),
  run: number,
  idempotencyKey: optional(nullable(string), null),
  labels: optional(record(string), {}),
};

export const workflowInfo: Shape<WorkflowInfo> = object(infoMembers);

const restart = object({ id: string, fromStep: nullable(number) });

export const workflowDetails: Shape<WorkflowDetails> = object({
  ...infoMembers,
  restartedFrom: optional(nullable(restart), null),
  restarts: optional(array(restart), []),
});

export const serverHealth: Shape<ServerHealth> = object({
  status: string,
  version: optional(nullable(string), null),
  reason: optional(nullable(string), null),
  running: optional(nullable(number), null),
});
