import { array, nullable, number, object, oneOf, string, type Shape } from "../http/shape.ts";
import type {
  ScheduleBackfill,
  ScheduleDescription,
  ScheduleInfo,
  SchedulePage,
  ScheduleStart,
} from "./schedule-types.ts";

// Members that are not listed here are ignored, as in answer-shapes.ts.

export const scheduleStart: Shape<ScheduleStart> = object({
  at: string,
  kind: oneOf(["time", "trigger", "backfill"]),
  decidedAt: string,
  outcome: oneOf(["started", "waiting", "skipped", "failed"]),
  workflow: nullable(string),
  error: nullable(object({ code: string, message: string })),
});

const info = {
  name: string,
  cron: nullable(string),
  timeZone: nullable(string),
  everyMs: nullable(number),
  anchor: nullable(string),
  module: string,
  version: nullable(string),
  workflow: string,
  overlap: oneOf(["skip", "bufferOne", "allow", "cancelOther"]),
  catchUpMs: number,
  jitterMs: number,
  pausedAt: nullable(string),
  endsAt: nullable(string),
  createdAt: string,
  updatedAt: string,
  nextAt: nullable(string),
  running: array(string),
  waitingAt: nullable(string),
  counts: object({ started: number, skipped: number, missed: number, failed: number }),
};

const scheduleInfo: Shape<ScheduleInfo> = object(info);

export const scheduleDescription: Shape<ScheduleDescription> = object({
  ...info,
  input: string,
  next: array(string),
  last: array(scheduleStart),
});

export const schedulePage: Shape<SchedulePage> = object({
  schedules: array(scheduleInfo),
  cursor: nullable(string),
});

export const scheduleBackfill: Shape<ScheduleBackfill> = object({
  started: number,
  startedBefore: number,
});

export const nothing: Shape<object> = object({});
