import type { ScheduleDescription, ScheduleInfo, ScheduleStart } from "@flawless-ts/sdk";
import { toIsoTime } from "../../host-calls/deadline.ts";
import { toPublicId } from "../../workflow/workflow-id.ts";
import { upcoming } from "./done-times.ts";
import type { KeptSchedule } from "./kept-schedule.ts";
import type { KeptStart } from "./schedule-state.ts";

/** A schedule as the API shows it. */
export function toScheduleInfo(
  { name, spec, state, times }: KeptSchedule,
  now: number,
  running: readonly number[] = state.running,
): ScheduleInfo {
  const { createdAt, updatedAt, anchor, pausedAt, endsAt, ...rest } = spec;
  const [next = null] = upcoming(times, state.done, now, 1);
  return {
    name,
    ...rest,
    anchor: isoOrNull(anchor),
    pausedAt: isoOrNull(pausedAt),
    endsAt: isoOrNull(endsAt),
    createdAt: toIsoTime(createdAt),
    updatedAt: toIsoTime(updatedAt),
    nextAt: isoOrNull(next),
    running: running.map(toPublicId),
    waitingAt: isoOrNull(state.waiting?.at ?? null),
    counts: state.counts,
  };
}

/** @param count the number of its next times to include */
export function toScheduleDescription(
  schedule: KeptSchedule,
  now: number,
  running: readonly number[],
  count: number,
): ScheduleDescription {
  const { input, state, times } = schedule;
  return {
    ...toScheduleInfo(schedule, now, running),
    input,
    next: upcoming(times, state.done, now, count).map(toIsoTime),
    last: state.last.map(toScheduleStart),
  };
}

export function toScheduleStart({ at, decidedAt, workflow, ...rest }: KeptStart): ScheduleStart {
  return {
    ...rest,
    at: toIsoTime(at),
    decidedAt: toIsoTime(decidedAt),
    workflow: workflow === null ? null : toPublicId(workflow),
  };
}

function isoOrNull(time: number | null): string | null {
  return time === null ? null : toIsoTime(time);
}
