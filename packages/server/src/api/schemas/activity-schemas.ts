import type { JsonSchema } from "@flawless-ts/http-service";
import { count, nullableText, text, time } from "./common.ts";

const milliseconds = { type: "integer", minimum: 0, maximum: Number.MAX_SAFE_INTEGER } as const;

/** The name of a queue, an activity or a worker. */
export const nameSchema = { type: "string", minLength: 1, maxLength: 200 } as const;

/** The id of an attempt that a worker has. */
export const leaseSchema = { type: "string", minLength: 1, maxLength: 500 } as const;

/** How an activity is run, according to its definition. */
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
          description: "Names of error classes after which it is not retried.",
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
    lease: { ...text, description: "The id of the attempt in all further requests of the worker." },
    name: text,
    input: { ...text, description: "JSON text." },
    attempt: { type: "integer", minimum: 1 },
    idempotencyKey: { ...text, description: "The same for all attempts of one call." },
    workflow: { ...text, description: "The workflow's id." },
    details: { ...nullableText, description: "The last details that the previous attempt reported: JSON text." },
    timeoutMs: { type: "number", description: "How long the attempt may take, in milliseconds." },
    heartbeatMs: {
      type: ["number", "null"],
      description: "The max time between two heartbeats of the activity itself, in milliseconds.",
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
    waiting: { ...count, description: "Tasks waiting for a worker." },
    running: count,
    retrying: { ...count, description: "Tasks waiting for a retry." },
    lastMinute: {
      type: "object",
      description: "Attempts in the last minute, accurate to ten seconds.",
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

/** The schemas that activity routes reference. */
export const activitySchemas: readonly JsonSchema[] = [
  policySchema,
  handedOutSchema,
  taskSchema,
  queueSchema,
];
