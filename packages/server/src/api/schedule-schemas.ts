import type { JsonSchema } from "@flawless-ts/http-service";
import type { ScheduleRequest } from "@flawless-ts/sdk/internal";

const text = { type: "string" } as const;
const nullableText = { type: ["string", "null"] } as const;
const time = { type: "string", format: "date-time" } as const;
const nullableTime = { type: ["string", "null"], format: "date-time" } as const;
const count = { type: "integer", minimum: 0 } as const;
const milliseconds = { type: "integer", minimum: 0 } as const;
const jsonText = { ...text, description: "JSON text." } as const;

/** What becomes of a time at which an earlier start still runs. */
export const overlapSchema: JsonSchema = {
  type: "string",
  enum: ["skip", "bufferOne", "allow", "cancelOther"],
  description:
    "What becomes of a time at which an earlier start still runs. `skip` (the default): nothing is started. `bufferOne`: one start waits for its end. `allow`: it is started beside it. `cancelOther`: the earlier one is asked to cancel, and the new one starts when it has ended.",
};

type ScheduleProperty = keyof ScheduleRequest;

/** What a schedule is, in a request. */
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
    description: "Null, the default: the one that was deployed last, at the time of each start.",
  },
  workflow: { ...text, description: "The workflow's name.", examples: ["checkout"] },
  input: { ...jsonText, default: "null" },
  overlap: overlapSchema,
  catchUpMs: {
    ...milliseconds,
    description:
      "How late a time that was missed may still be started: 10 seconds to 366 days. Default: a day.",
  },
  jitterMs: {
    ...milliseconds,
    description:
      "Each start is put off by a part of that, which is the same for the same time. No longer than the span between two times, and than a day. Default 0.",
  },
  pausedAt: { ...nullableTime, description: "From when on nothing is started." },
  endsAt: { ...nullableTime, description: "After which no time is due any more." },
};

const startSchema: JsonSchema = {
  $id: "ScheduleStart",
  type: "object",
  description: "What a schedule made of one of its times.",
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
    workflow: { ...nullableText, description: "The id of what was started." },
    error: {
      oneOf: [
        { type: "null" },
        {
          type: "object",
          required: ["code", "message"],
          properties: { code: text, message: text },
        },
      ],
      description: "Why nothing could be started.",
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
    description: "The next time that is due; null where there is none, as in a pause.",
  },
  running: {
    type: "array",
    items: text,
    description: "Ids of workflows that it started, and that had not ended when it last looked.",
  },
  waitingAt: { ...nullableTime, description: "The time of the start that waits for their end." },
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
      description: "What became of the last times, newest first.",
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
      description: "Hand it in to get the next page; null on the last one.",
    },
  },
};

const backfillSchema: JsonSchema = {
  $id: "ScheduleBackfill",
  type: "object",
  required: ["started", "startedBefore"],
  properties: {
    started: { ...count, description: "How many times of the range were started." },
    startedBefore: { ...count, description: "How many had a start already." },
  },
};

/** The schemas that routes about schedules refer to as `NAME#`. */
export const scheduleSchemas: readonly JsonSchema[] = [
  startSchema,
  infoSchema,
  descriptionSchema,
  pageSchema,
  backfillSchema,
];
