import type { JsonValue } from "@flawless-ts/wasm-module";
import {
  array,
  nullable,
  number,
  object,
  optional,
  present,
  string,
  type Shape,
  variant,
} from "../http/shape.ts";
import { failure, status, workflowInfo } from "./answer-shapes.ts";
import type { DeployedName, UpdateAnswer } from "./connection.ts";
import type {
  CancelledWorkflows,
  ModuleSummary,
  RestartedWorkflows,
  WorkflowHistory,
  WorkflowJournal,
  WorkflowPage,
} from "./types.ts";

// Members that are not listed here are ignored, as in answer-shapes.ts.

export const deployedName: Shape<DeployedName> = object({
  name: string,
  version: string,
});

export const updateAnswer: Shape<UpdateAnswer | { readonly status: "pending" }> = variant(
  "status",
  {
    answered: { value: string },
    rejected: { error: object({ name: string, message: string }) },
    pending: {},
  },
);

export const publishedState: Shape<{ readonly state: string | null }> = object({
  state: nullable(string),
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

// The result of JSON.parse is always JSON, so only its presence is checked.
const jsonValue = present<JsonValue>;

/** The common members of a journal and a history. */
const journalHead = {
  id: string,
  module: string,
  version: string,
  moduleHash: string,
  workflow: string,
  run: number,
  input: string,
  status,
  error: failure,
};
const stepHead = { step: number, at: string, answeredAt: nullable(string) };

export const workflowJournal: Shape<WorkflowJournal> = object({
  ...journalHead,
  steps: array(object({ ...stepHead, call: jsonValue, answer: jsonValue })),
});

export const workflowHistory: Shape<WorkflowHistory> = object({
  ...journalHead,
  steps: array(object({ ...stepHead, call: string, answer: nullable(string) })),
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
