import type { JsonSchema } from "@flawless-ts/http-service";
import { nullableText, nullableTime, text, time } from "./common.ts";

/** A workflow's status. */
export const statusSchema = {
  type: "string",
  enum: ["running", "completed", "failed", "cancelled"],
} as const;

/** A workflow's labels. */
export const labelsSchema: JsonSchema = {
  type: "object",
  additionalProperties: { type: "string", maxLength: 256 },
  description:
    "By which it is found: up to 16 short texts. Keys are 1 to 64 ASCII letters, digits and _ . : / -; those that begin with `flawless:` are the server's.",
  examples: [{ customer: "c-7", region: "eu" }],
};

/** Why a workflow failed. */
export const failureSchema: JsonSchema = {
  oneOf: [
    { type: "null" },
    {
      type: "object",
      required: ["code", "message"],
      properties: {
        code: { ...text, description: "Such as PANIC, THROWN, REPLAY_MISMATCH, TIME_LIMIT." },
        message: text,
        thrown: { $ref: "ThrownError#" },
      },
    },
  ],
  description: "Why the workflow failed.",
};

const thrownSchema: JsonSchema = {
  $id: "ThrownError",
  type: "object",
  description: "An error that ended a workflow. Long texts and long chains are truncated.",
  required: ["name", "message", "stack", "cause", "errors"],
  properties: {
    name: text,
    message: text,
    stack: { ...nullableText, description: "With its first line." },
    cause: { oneOf: [{ type: "null" }, { $ref: "ThrownError#" }] },
    errors: {
      type: "array",
      items: { $ref: "ThrownError#" },
      description: "The errors of an AggregateError.",
    },
  },
};

const startedSchema: JsonSchema = {
  $id: "StartedWorkflow",
  type: "object",
  required: ["id", "response"],
  properties: {
    id: { ...text, examples: ["wkf_xhRDf"] },
    response: { ...nullableText, description: "JSON text; null if there is no response." },
  },
};

const waitingSchema = {
  description: "What a running workflow is waiting for.",
  oneOf: [
    { type: "null" },
    {
      type: "object",
      required: ["on", "until"],
      properties: { on: { const: "sleep" }, until: time },
    },
    {
      type: "object",
      required: ["on", "types", "until"],
      properties: {
        on: { const: "message" },
        types: { type: "array", items: text },
        until: nullableTime,
      },
    },
    {
      type: "object",
      required: ["on", "method", "url"],
      properties: { on: { const: "http" }, method: text, url: text },
    },
    {
      type: "object",
      required: ["on", "queue", "name", "attempt"],
      properties: {
        on: { const: "activity" },
        queue: text,
        name: text,
        attempt: { type: "integer", minimum: 1 },
      },
    },
    {
      type: "object",
      required: ["on", "count", "types", "until"],
      properties: {
        on: { const: "operations" },
        count: { type: "integer", minimum: 1 },
        types: { type: "array", items: text },
        until: nullableTime,
      },
    },
  ],
} as const;

const workflowSchema = {
  $id: "Workflow",
  type: "object",
  required: [
    "id",
    "module",
    "version",
    "moduleHash",
    "workflow",
    "status",
    "waiting",
    "createdAt",
    "endedAt",
    "response",
    "error",
    "parent",
    "cancelBy",
    "run",
    "idempotencyKey",
    "labels",
  ],
  properties: {
    id: text,
    module: text,
    version: text,
    moduleHash: { ...text, description: "SHA-256 of the module's bytes, in hex." },
    workflow: text,
    status: statusSchema,
    waiting: waitingSchema,
    createdAt: time,
    endedAt: nullableTime,
    response: { ...nullableText, description: "JSON text; null until there is a response." },
    error: failureSchema,
    parent: { ...nullableText, description: "The id of the workflow that started this one." },
    cancelBy: {
      ...nullableTime,
      description: "The time by which it must end after a cancel request; null without one.",
    },
    run: {
      type: "integer",
      minimum: 1,
      description: "The number of its current run: 1 plus how often it continued with an empty journal.",
    },
    idempotencyKey: { ...nullableText, description: "The key that it was started with." },
    labels: labelsSchema,
  },
} as const satisfies JsonSchema;

const restartSchema: JsonSchema = {
  $id: "WorkflowRestart",
  type: "object",
  description: "A workflow that is a restart or a fork of the other, or vice versa.",
  required: ["id", "fromStep"],
  properties: {
    id: { ...text, description: "The other workflow's id. It may have been deleted." },
    fromStep: {
      type: ["integer", "null"],
      minimum: 0,
      description: "How many steps a fork copied; null for a restart.",
    },
  },
};

const detailsSchema: JsonSchema = {
  $id: "WorkflowDetails",
  type: "object",
  required: [...workflowSchema.required, "restartedFrom", "restarts"],
  properties: {
    ...workflowSchema.properties,
    restartedFrom: {
      oneOf: [{ type: "null" }, { $ref: "WorkflowRestart#" }],
      description: "The workflow that this one is a restart or a fork of.",
    },
    restarts: {
      type: "array",
      items: { $ref: "WorkflowRestart#" },
      description: "Its restarts and forks, oldest first: the newest 100.",
    },
  },
};

const updateSchema: JsonSchema = {
  $id: "UpdateAnswer",
  type: "object",
  required: ["status", "key"],
  properties: {
    status: { type: "string", enum: ["answered", "rejected", "pending"] },
    key: { ...text, description: "The key for repeating the same update." },
    value: { ...text, description: "The answer, if there is one: JSON text." },
    error: {
      type: "object",
      required: ["name", "message"],
      properties: { name: text, message: text },
      description: "The error, if the workflow rejected it.",
    },
  },
};

const stateSchema: JsonSchema = {
  $id: "PublishedState",
  type: "object",
  required: ["state"],
  properties: {
    state: { ...nullableText, description: "JSON text; null if nothing was published." },
  },
};

const workflowPageSchema: JsonSchema = {
  $id: "WorkflowPage",
  type: "object",
  required: ["workflows", "cursor"],
  properties: {
    workflows: { type: "array", items: { $ref: "Workflow#" } },
    cursor: {
      ...nullableText,
      description: "Send it to get the next page; null on the last page.",
    },
    searched: {
      type: "integer",
      description:
        "The max number of workflows searched for this page; present only if no index covers the conditions.",
    },
  },
};

const cancelledSchema: JsonSchema = {
  $id: "CancelledWorkflows",
  type: "object",
  required: ["count", "cursor"],
  properties: {
    count: { type: "integer", description: "How many were cancelled, or would be." },
    cursor: { ...nullableText, description: "Send it to continue; null if no more match." },
  },
};

const restartedSchema: JsonSchema = {
  $id: "RestartedWorkflows",
  type: "object",
  required: ["count", "failed", "failures", "cursor"],
  properties: {
    count: {
      type: "integer",
      description: "How many were restarted, now or earlier with the same key, or would be.",
    },
    failed: { type: "integer", description: "How many can't be restarted." },
    failures: {
      type: "array",
      description: "The reasons, for the newest 100 of them.",
      items: {
        type: "object",
        required: ["id", "code", "message"],
        properties: { id: text, code: text, message: text },
      },
    },
    cursor: { ...nullableText, description: "Send it to continue; null if no more match." },
  },
};

/** The schemas of workflows, to which routes refer as `NAME#`. */
export const workflowSchemas: readonly JsonSchema[] = [
  thrownSchema,
  startedSchema,
  workflowSchema,
  restartSchema,
  detailsSchema,
  stateSchema,
  updateSchema,
  workflowPageSchema,
  cancelledSchema,
  restartedSchema,
];
