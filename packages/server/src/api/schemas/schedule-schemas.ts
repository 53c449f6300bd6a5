import type { JsonSchema } from "@flawless-ts/http-service";
import type { ScheduleRequest } from "@flawless-ts/sdk/internal";
import { count, jsonText, nullableText, nullableTime, text, time } from "./common.ts";

const milliseconds = { type: "integer", minimum: 0 } as const;

/** What to do when an earlier start is still running. */
export const overlapSchema: JsonSchema = {
  type: "string",
  enum: ["skip", "bufferOne", "allow", "cancelOther"],
  description:
    "What becomes of a time at which an earlier start still runs. `skip` (the default): nothing is started. `bufferOne`: one start waits for its end. `allow`: it is started beside it. `cancelOther`: the earlier one is asked to cancel, and the new one starts when it has ended.",
};

type ScheduleProperty = keyof ScheduleRequest;

/** A schedule, in a request. */
export const scheduleProperties: Readonly<Record<ScheduleProperty, JsonSchema>> = {
  cron: {
    ...text,
    description:
      "Five fields, or six with seconds before them, or a nickname such as `@daily`. Either this or `everyMs`.",
    examples: ["0 9 * * mon-fri"],
  },
  timeZone: {
    ...text,
    description: "Of `cron`: a name of the IANA database. Default `UTC`.",
    examples: ["Europe/Berlin"],
  },
  everyMs: { ...milliseconds, description: "The span between two times. Either this or `cron`." },
  anchor: {
    ...time,
    description:
      "A time from which the spans of `everyMs` are counted, in both directions. Default: the Unix epoch.",
  },
  module: { ...text, examples: ["orders"] },
  version: {
    ...nullableText,
    description: "Null, the default, for the latest deployed version at the time of each start.",
  },
  workflow: { ...text, description: "The workflow's name.", examples: ["checkout"] },
  input: { ...jsonText, default: "null" },
  overlap: overlapSchema,
  catchUpMs: {
    ...milliseconds,
    description:
      "How late a missed start may still happen: 10 seconds to 366 days. Default: one day.",
  },
  jitterMs: {
    ...milliseconds,
    description:
      "Each start is delayed by a part of this, which is always the same for the same time. At most the interval between two times, and one day. Default 0.",
  },
  pausedAt: { ...nullableTime, description: "The time from which nothing is started." },
  endsAt: { ...nullableTime, description: "The time after which nothing is started." },
};

const startSchema: JsonSchema = {
  $id: "ScheduleStart",
  type: "object",
  description: "What a schedule did at one of its times.",
  required: ["at", "kind", "decidedAt", "outcome", "workflow", "error"],
  properties: {
    at: { ...time, description: "The time that it is about." },
    kind: { ...text, enum: ["time", "trigger", "backfill"] },
    decidedAt: time,
    outcome: {
      ...text,
      enum: ["started", "waiting", "skipped", "failed"],
      description: "`waiting`: for the end of earlier starts.",
    },
    workflow: { ...nullableText, description: "The id of the started workflow." },
    error: {
      oneOf: [
        { type: "null" },
        {
          type: "object",
          required: ["code", "message"],
          properties: { code: text, message: text },
        },
      ],
      description: "Why the start failed.",
    },
  },
};

const infoProperties = {
  name: text,
  cron: nullableText,
  timeZone: nullableText,
  everyMs: { type: ["integer", "null"] },
  anchor: nullableTime,
  module: text,
  version: scheduleProperties.version,
  workflow: text,
  overlap: overlapSchema,
  catchUpMs: milliseconds,
  jitterMs: milliseconds,
  pausedAt: nullableTime,
  endsAt: nullableTime,
  createdAt: time,
  updatedAt: time,
  nextAt: {
    ...nullableTime,
    description: "The next time that is due; null if there is none, such as during a pause.",
  },
  running: {
    type: "array",
    items: text,
    description: "Ids of the workflows that it started and that were still running when it last checked.",
  },
  waitingAt: { ...nullableTime, description: "The time of the start that is waiting for their end." },
  counts: {
    type: "object",
    required: ["started", "skipped", "missed", "failed"],
    properties: { started: count, skipped: count, missed: count, failed: count },
  },
} as const;

const infoSchema: JsonSchema = {
  $id: "Schedule",
  type: "object",
  required: Object.keys(infoProperties),
  properties: infoProperties,
};

const descriptionSchema: JsonSchema = {
  $id: "ScheduleDescription",
  type: "object",
  required: [...Object.keys(infoProperties), "input", "next", "last"],
  properties: {
    ...infoProperties,
    input: jsonText,
    next: { type: "array", items: time, description: "The next times, without jitter." },
    last: {
      type: "array",
      items: { $ref: "ScheduleStart#" },
      description: "The outcome of the latest times, newest first.",
    },
  },
};

const pageSchema: JsonSchema = {
  $id: "SchedulePage",
  type: "object",
  required: ["schedules", "cursor"],
  properties: {
    schedules: { type: "array", items: { $ref: "Schedule#" } },
    cursor: {
      ...nullableText,
      description: "Send it to get the next page; null on the last page.",
    },
  },
};

const backfillSchema: JsonSchema = {
  $id: "ScheduleBackfill",
  type: "object",
  required: ["started", "startedBefore"],
  properties: {
    started: { ...count, description: "How many starts were made for the range." },
    startedBefore: { ...count, description: "How many had already been started." },
  },
};

/** The schemas that schedule routes reference as `NAME#`. */
export const scheduleSchemas: readonly JsonSchema[] = [
  startSchema,
  infoSchema,
  descriptionSchema,
  pageSchema,
  backfillSchema,
];
