import type { JsonValue } from "@flawless-ts/wasm-module";
import {
  array,
  nullable,
  number,
  object,
  present,
  string,
  type Shape,
  variant,
} from "../http/shape.ts";
import { failure, status } from "./answer-shapes.ts";
import type { UpdateAnswer } from "./connection.ts";
import type { WorkflowHistory, WorkflowJournal } from "./types.ts";

// Members that are not listed here are ignored, as in answer-shapes.ts.

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
