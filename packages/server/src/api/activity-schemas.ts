import type { JsonSchema } from "@flawless-ts/http-service";

const text = { type: "string" } as const;
const time = { type: "string", format: "date-time" } as const;
const nullableText = { type: ["string", "null"] } as const;
const count = { type: "integer", minimum: 0 } as const;
const milliseconds = { type: "integer", minimum: 0, maximum: Number.MAX_SAFE_INTEGER } as const;

/** A name of a queue, an activity or a worker. */
export const nameSchema = { type: "string", minLength: 1, maxLength: 200 } as const;

/** What names an attempt that a worker has. */
export const leaseSchema = { type: "string", minLength: 1, maxLength: 500 } as const;

/** How an activity is run, as far as its definition says. */
export const policySchema: JsonSchema = {
  $id: "ActivityPolicy",
  type: "object",
  additionalProperties: false,
  properties: {
    retry: {
      type: "object",
      additionalProperties: false,
      properties: {
        attempts: { type: "integer", minimum: 1, maximum: Number.MAX_SAFE_INTEGER },
        initialDelayMs: milliseconds,
        factor: { type: "number", minimum: 1 },
        maxDelayMs: milliseconds,
        nonRetryable: {
          type: "array",
          maxItems: 100,
          items: nameSchema,
          description: "Names of the classes of errors after which it is not tried again.",
        },
      },
    },
    timeouts: {
      type: "object",
      additionalProperties: false,
      properties: {
        scheduleToStartMs: milliseconds,
        startToCloseMs: milliseconds,
        scheduleToCloseMs: milliseconds,
        heartbeatMs: milliseconds,
      },
    },
    atMostOnce: { type: "boolean" },
  },
};

const handedOutSchema: JsonSchema = {
  $id: "HandedOutActivity",
  type: "object",
  required: [
    "lease",
    "name",
    "input",
    "attempt",
    "idempotencyKey",
    "workflow",
    "details",
    "timeoutMs",
    "heartbeatMs",
  ],
  properties: {
    lease: { ...text, description: "Names the attempt in all that the worker tells of it." },
    name: text,
    input: { ...text, description: "JSON text." },
    attempt: { type: "integer", minimum: 1 },
    idempotencyKey: { ...text, description: "The same for all attempts of one call." },
    workflow: { ...text, description: "The workflow's id." },
    details: { ...nullableText, description: "What the attempt before said last: JSON text." },
    timeoutMs: { type: "number", description: "How long the attempt may take." },
    heartbeatMs: {
      type: ["number", "null"],
      description: "The longest pause between two signs of life of the activity itself.",
    },
  },
};

const taskSchema: JsonSchema = {
  $id: "ActivityTask",
  type: "object",
  required: [
    "activity",
    "workflow",
    "state",
    "attempt",
    "scheduledAt",
    "nextAttemptAt",
    "worker",
    "lastError",
  ],
  properties: {
    activity: text,
    workflow: text,
    state: { type: "string", enum: ["waiting", "running", "retrying"] },
    attempt: { type: "integer", minimum: 1 },
    scheduledAt: time,
    nextAttemptAt: { type: ["string", "null"], format: "date-time" },
    worker: nullableText,
    lastError: {
      oneOf: [
        { type: "null" },
        {
          type: "object",
          required: ["name", "message"],
          properties: { name: text, message: text },
        },
      ],
    },
  },
};

const queueSchema: JsonSchema = {
  $id: "ActivityQueue",
  type: "object",
  required: ["queue", "waiting", "running", "retrying", "lastMinute", "workers", "tasks"],
  properties: {
    queue: text,
    waiting: { ...count, description: "Tasks that wait for a worker." },
    running: count,
    retrying: { ...count, description: "Tasks that wait for another attempt." },
    lastMinute: {
      type: "object",
      description: "Attempts of the last minute, give or take ten seconds.",
      required: ["started", "completed", "failed", "timedOut", "lost"],
      properties: {
        started: count,
        completed: count,
        failed: count,
        timedOut: count,
        lost: count,
      },
    },
    workers: {
      type: "array",
      items: {
        type: "object",
        required: ["id", "concurrency", "running", "activities", "seenAt"],
        properties: {
          id: text,
          concurrency: count,
          running: count,
          activities: { type: "array", items: text },
          seenAt: time,
        },
      },
    },
    tasks: { type: "array", items: { $ref: "ActivityTask#" }, description: "The oldest ones." },
  },
};

/** The schemas that routes about activities refer to. */
export const activitySchemas: readonly JsonSchema[] = [
  policySchema,
  handedOutSchema,
  taskSchema,
  queueSchema,
];
