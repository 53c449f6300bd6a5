import { createHash } from "node:crypto";
import { EngineError } from "../errors.ts";
import { toIsoTime } from "../host-calls/deadline.ts";

const prefix = "flawless:schedule/";
const nameShape = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;

/** Whether a schedule may have this name, which appears unescaped in URLs, keys and labels. */
export function isScheduleName(name: string): boolean {
  return nameShape.test(name);
}

/** The idempotency key of the start for a time. Each time has only one workflow, whoever starts it. */
export function keyOfTime(schedule: string, at: number): string {
  return `${prefix}${schedule}/${toIsoTime(at)}`;
}

/** The idempotency key of a manual start, which has a caller's key of any length. */
export function keyOfTrigger(schedule: string, key: string): string {
  const digest = createHash("sha256").update(key).digest("base64url");
  return `${prefix}${schedule}/trigger/${digest}`;
}

/** Whether only schedules may use an idempotency key. */
function isScheduleKey(key: string): boolean {
  return key.startsWith(prefix);
}

/** The schedule whose starts have such a key; undefined for other keys. */
export function scheduleOfKey(key: string | null): string | undefined {
  if (key === null || !isScheduleKey(key)) {
    return undefined;
  }
  const end = key.indexOf("/", prefix.length);
  const name = key.slice(prefix.length, end < 0 ? key.length : end);
  return isScheduleName(name) ? name : undefined;
}

/** Identifies a schedule, and is the beginning of the keys of its starts. */
export function keyOfSchedule(schedule: string): string {
  return `${prefix}${schedule}`;
}

/** @throws EngineError `INVALID_REQUEST` for the keys of schedules */
export function assertKeyOfCaller(key: string | undefined): void {
  if (key !== undefined && isScheduleKey(key)) {
    throw new EngineError(
      "INVALID_REQUEST",
      `The idempotency key ${JSON.stringify(key)} is one of those that schedules start by. Use another key.`,
    );
  }
}
