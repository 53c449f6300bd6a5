import {
  array,
  custom,
  lazy,
  literal,
  nullable,
  number,
  object,
  optional,
  picklist,
  record,
  string,
  variant,
  type GenericSchema,
} from "valibot";
import type { JsonValue } from "@flawless-ts/wasm-module";
import type { DeployedName, ExecutedWorkflow, UpdateAnswer } from "./connection.ts";
import type {
  CancelledWorkflows,
  ModuleSummary,
  RestartedWorkflows,
  ServerHealth,
  ThrownError,
  WorkflowHistory,
  WorkflowDetails,
  WorkflowInfo,
  WorkflowJournal,
  WorkflowPage,
} from "./types.ts";

// Members that are not named here are let through unseen: a newer server may have more to say.

export const deployedName: GenericSchema<unknown, DeployedName> = object({
  name: string(),
  version: string(),
});

export const startedId: GenericSchema<unknown, ExecutedWorkflow> = object({
  id: string(),
  response: optional(nullable(string()), null),
});

const waiting = variant("on", [
  object({ on: literal("sleep"), until: string() }),
  object({ on: literal("message"), types: array(string()), until: nullable(string()) }),
  object({ on: literal("http"), method: string(), url: string() }),
  object({ on: literal("activity"), queue: string(), name: string(), attempt: number() }),
  object({
    on: literal("operations"),
    count: number(),
    types: array(string()),
    until: nullable(string()),
  }),
]);

const status = picklist(["running", "completed", "failed", "cancelled"]);
const thrown: GenericSchema<unknown, ThrownError> = object({
  name: string(),
  message: string(),
  stack: nullable(string()),
  cause: nullable(lazy(() => thrown)),
  errors: array(lazy(() => thrown)),
});
const failure = nullable(object({ code: string(), message: string(), thrown: optional(thrown) }));

const infoMembers = {
  id: string(),
  module: string(),
  version: string(),
  moduleHash: string(),
  workflow: string(),
  status,
  waiting: nullable(waiting),
  createdAt: string(),
  endedAt: nullable(string()),
  response: nullable(string()),
  error: failure,
  parent: nullable(string()),
  cancelBy: nullable(string()),
  run: number(),
  idempotencyKey: optional(nullable(string()), null),
  labels: optional(record(string(), string()), {}),
};

export const workflowInfo: GenericSchema<unknown, WorkflowInfo> = object(infoMembers);

const restart = object({ id: string(), fromStep: nullable(number()) });

export const workflowDetails: GenericSchema<unknown, WorkflowDetails> = object({
  ...infoMembers,
  restartedFrom: optional(nullable(restart), null),
  restarts: optional(array(restart), []),
});

export const updateAnswer: GenericSchema<unknown, UpdateAnswer | { readonly status: "pending" }> =
  variant("status", [
    object({ status: literal("answered"), value: string() }),
    object({ status: literal("rejected"), error: object({ name: string(), message: string() }) }),
    object({ status: literal("pending") }),
  ]);

export const publishedState: GenericSchema<unknown, { readonly state: string | null }> = object({
  state: nullable(string()),
});

export const workflowPage: GenericSchema<unknown, WorkflowPage> = object({
  workflows: array(workflowInfo),
  cursor: nullable(string()),
  searched: optional(number()),
});

export const cancelledWorkflows: GenericSchema<unknown, CancelledWorkflows> = object({
  count: number(),
  cursor: nullable(string()),
});

export const restartedWorkflows: GenericSchema<unknown, RestartedWorkflows> = object({
  count: number(),
  failed: number(),
  failures: array(object({ id: string(), code: string(), message: string() })),
  cursor: nullable(string()),
});

// What comes out of JSON.parse is JSON: there is nothing to check but that it is there.
const jsonValue = custom<JsonValue>((value) => value !== undefined);

/** What a journal and a history tell of their workflow. */
const journalHead = {
  id: string(),
  module: string(),
  version: string(),
  moduleHash: string(),
  workflow: string(),
  run: number(),
  input: string(),
  status,
  error: failure,
};
const stepHead = { step: number(), at: string(), answeredAt: nullable(string()) };

export const workflowJournal: GenericSchema<unknown, WorkflowJournal> = object({
  ...journalHead,
  steps: array(object({ ...stepHead, call: jsonValue, answer: jsonValue })),
});

export const workflowHistory: GenericSchema<unknown, WorkflowHistory> = object({
  ...journalHead,
  steps: array(object({ ...stepHead, call: string(), answer: nullable(string()) })),
});

export const moduleSummaries: GenericSchema<unknown, readonly ModuleSummary[]> = array(
  object({
    name: string(),
    version: string(),
    hash: string(),
    sizeBytes: number(),
    workflows: array(string()),
    deployedAt: string(),
  }),
);

export const serverHealth: GenericSchema<unknown, ServerHealth> = object({
  status: string(),
  version: optional(nullable(string()), null),
  reason: optional(nullable(string()), null),
  running: optional(nullable(number()), null),
});
