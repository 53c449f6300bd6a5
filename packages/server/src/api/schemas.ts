import {
  errorResponse,
  errorSchema,
  healthSchema,
  type JsonSchema,
} from "@flawless-ts/http-service";
import { activitySchemas } from "./activity-schemas.ts";
import { scheduleSchemas } from "./schedule-schemas.ts";
import { workflowIdHeader } from "./engine-error-reply.ts";

const text = { type: "string" } as const;
const nullableText = { type: ["string", "null"] } as const;
const time = { type: "string", format: "date-time" } as const;
const nullableTime = { type: ["string", "null"], format: "date-time" } as const;
const status = { type: "string", enum: ["running", "completed", "failed", "cancelled"] } as const;

/** Labels of a workflow. */
export const labelsSchema: JsonSchema = {
  type: "object",
  additionalProperties: { type: "string", maxLength: 256 },
  description:
    "By which it is found: up to 16 short texts. Keys are 1 to 64 ASCII letters, digits and _ . : / -; those that begin with `flawless:` are the server's.",
  examples: [{ customer: "c-7", region: "eu" }],
};

const failure = {
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
} as const;

const thrownSchema: JsonSchema = {
  $id: "ThrownError",
  type: "object",
  description: "An error that a workflow ended with. Long texts are cut, and so are long chains.",
  required: ["name", "message", "stack", "cause", "errors"],
  properties: {
    name: text,
    message: text,
    stack: { ...nullableText, description: "With its first line." },
    cause: { oneOf: [{ type: "null" }, { $ref: "ThrownError#" }] },
    errors: {
      type: "array",
      items: { $ref: "ThrownError#" },
      description: "Those that an AggregateError stands for.",
    },
  },
};

const moduleSchema: JsonSchema = {
  $id: "Module",
  type: "object",
  required: ["name", "version", "hash", "sizeBytes", "workflows", "deployedAt"],
  properties: {
    name: text,
    version: text,
    hash: { ...text, description: "SHA-256 of the bytes, in hex." },
    sizeBytes: { type: "integer" },
    workflows: { type: "array", items: text },
    deployedAt: time,
  },
};

const startedSchema: JsonSchema = {
  $id: "StartedWorkflow",
  type: "object",
  required: ["id", "response"],
  properties: {
    id: { ...text, examples: ["wkf_xhRDf"] },
    response: { ...nullableText, description: "JSON text; null where there is no response." },
  },
};

const waitingSchema = {
  description: "What a running workflow waits for.",
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
    status,
    waiting: waitingSchema,
    createdAt: time,
    endedAt: nullableTime,
    response: { ...nullableText, description: "JSON text; null while there is no response." },
    error: failure,
    parent: { ...nullableText, description: "The id of the workflow that started this one." },
    cancelBy: {
      ...nullableTime,
      description: "By when it must have ended, as it was asked to cancel; null where it was not.",
    },
    run: {
      type: "integer",
      minimum: 1,
      description: "How often it went on anew with an empty journal, and once more.",
    },
    idempotencyKey: { ...nullableText, description: "The key that it was started with." },
    labels: labelsSchema,
  },
} as const satisfies JsonSchema;

const restartSchema: JsonSchema = {
  $id: "WorkflowRestart",
  type: "object",
  description: "One of two workflows of which the one was started again from the other.",
  required: ["id", "fromStep"],
  properties: {
    id: { ...text, description: "The other one's id. It may be forgotten by now." },
    fromStep: {
      type: ["integer", "null"],
      minimum: 0,
      description: "How many steps were taken over, by a fork; null for a restart.",
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
    key: { ...text, description: "By which the same update is asked for again." },
    value: { ...text, description: "Where it was answered: JSON text." },
    error: {
      type: "object",
      required: ["name", "message"],
      properties: { name: text, message: text },
      description: "Where the workflow rejected it.",
    },
  },
};

const stateSchema: JsonSchema = {
  $id: "PublishedState",
  type: "object",
  required: ["state"],
  properties: {
    state: { ...nullableText, description: "JSON text; null where nothing was published." },
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
      description: "Hand it in to get the next page; null on the last one.",
    },
    searched: {
      type: "integer",
      description:
        "How many workflows were looked through for this page, at most; only where no index tells what matches.",
    },
  },
};

const cancelledSchema: JsonSchema = {
  $id: "CancelledWorkflows",
  type: "object",
  required: ["count", "cursor"],
  properties: {
    count: { type: "integer", description: "How many were cancelled, or would be." },
    cursor: { ...nullableText, description: "Hand it in to go on; null where no more match." },
  },
};

const restartedSchema: JsonSchema = {
  $id: "RestartedWorkflows",
  type: "object",
  required: ["count", "failed", "failures", "cursor"],
  properties: {
    count: {
      type: "integer",
      description: "How many were restarted, now or by the same key before, or would be.",
    },
    failed: { type: "integer", description: "How many can't be restarted." },
    failures: {
      type: "array",
      description: "Why: of the newest 100 of them.",
      items: {
        type: "object",
        required: ["id", "code", "message"],
        properties: { id: text, code: text, message: text },
      },
    },
    cursor: { ...nullableText, description: "Hand it in to go on; null where no more match." },
  },
};

/** A workflow's journal; `call` and `answer` are in the one form or the other. */
function journalSchemaOf(name: string, call: object, answer: object): JsonSchema {
  return {
    $id: name,
    type: "object",
    required: [
      "id",
      "module",
      "version",
      "moduleHash",
      "workflow",
      "run",
      "input",
      "status",
      "error",
      "steps",
    ],
    properties: {
      id: text,
      module: text,
      version: text,
      moduleHash: text,
      workflow: text,
      run: { type: "integer", minimum: 1, description: "The run whose steps these are." },
      input: { ...text, description: "JSON text." },
      status,
      error: failure,
      steps: {
        type: "array",
        items: {
          type: "object",
          required: ["step", "at", "answeredAt", "call", "answer"],
          properties: {
            step: { type: "integer", minimum: 1 },
            at: time,
            answeredAt: nullableTime,
            call,
            answer,
          },
        },
      },
    },
  };
}

const journalSchema = journalSchemaOf(
  "Journal",
  {
    description:
      "What the guest asked, in the form of the Flawless ABI. Integers have up to 64 bits.",
  },
  { description: "What it was answered; null while there is no answer." },
);

const historySchema = journalSchemaOf(
  "History",
  { ...text, description: "The JSON text of what the guest asked." },
  {
    ...nullableText,
    description: "The JSON text of what it was answered; null while there is no answer.",
  },
);

const health = healthSchema({
  running: {
    type: "integer",
    description:
      "How many workflows that have not ended this server runs, whatever they wait for; in a cluster, those of the partitions that the node owns.",
  },
});

/** The schemas that routes refer to as `NAME#`. */
export const sharedSchemas: readonly JsonSchema[] = [
  errorSchema,
  thrownSchema,
  moduleSchema,
  startedSchema,
  workflowSchema,
  restartSchema,
  detailsSchema,
  stateSchema,
  updateSchema,
  workflowPageSchema,
  cancelledSchema,
  restartedSchema,
  journalSchema,
  historySchema,
  health,
  ...activitySchemas,
  ...scheduleSchemas,
];

/** The status filter of a listing. */
export const statusSchema: JsonSchema = status;

/** The parameters of routes about one workflow. */
export const idParameter: JsonSchema = {
  type: "object",
  required: ["id"],
  properties: { id: { ...text, description: "The workflow's id.", examples: ["wkf_xhRDf"] } },
};

/** An error response that tells of a workflow that was started all the same. */
export function startedErrorResponse(status: number): JsonSchema {
  return errorResponse(status, {
    [workflowIdHeader]: {
      ...text,
      description: "The workflow's id, where one was started all the same.",
      examples: ["wkf_xhRDf"],
    },
  });
}

/** The response of a route that succeeds with `{"ok": ...}`. */
export function okResponse(description: string, schema: JsonSchema): JsonSchema {
  return { description, type: "object", required: ["ok"], properties: { ok: schema } };
}
