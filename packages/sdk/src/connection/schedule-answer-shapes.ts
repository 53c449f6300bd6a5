import { array, nullable, number, object, picklist, string, type GenericSchema } from "valibot";
import type {
  ScheduleBackfill,
  ScheduleDescription,
  ScheduleInfo,
  SchedulePage,
  ScheduleStart,
} from "./schedule-types.ts";

// Members that are not named here are let through unseen, as in answer-shapes.ts.

export const scheduleStart: GenericSchema<unknown, ScheduleStart> = object({
  at: string(),
  kind: picklist(["time", "trigger", "backfill"]),
  decidedAt: string(),
  outcome: picklist(["started", "waiting", "skipped", "failed"]),
  workflow: nullable(string()),
  error: nullable(object({ code: string(), message: string() })),
});

const info = {
  name: string(),
  cron: nullable(string()),
  timeZone: nullable(string()),
  everyMs: nullable(number()),
  anchor: nullable(string()),
  module: string(),
  version: nullable(string()),
  workflow: string(),
  overlap: picklist(["skip", "bufferOne", "allow", "cancelOther"]),
  catchUpMs: number(),
  jitterMs: number(),
  pausedAt: nullable(string()),
  endsAt: nullable(string()),
  createdAt: string(),
  updatedAt: string(),
  nextAt: nullable(string()),
  running: array(string()),
  waitingAt: nullable(string()),
  counts: object({ started: number(), skipped: number(), missed: number(), failed: number() }),
};

const scheduleInfo: GenericSchema<unknown, ScheduleInfo> = object(info);

export const scheduleDescription: GenericSchema<unknown, ScheduleDescription> = object({
  ...info,
  input: string(),
  next: array(string()),
  last: array(scheduleStart),
});

export const schedulePage: GenericSchema<unknown, SchedulePage> = object({
  schedules: array(scheduleInfo),
  cursor: nullable(string()),
});

export const scheduleBackfill: GenericSchema<unknown, ScheduleBackfill> = object({
  started: number(),
  startedBefore: number(),
});

export const nothing: GenericSchema<unknown, object> = object({});
