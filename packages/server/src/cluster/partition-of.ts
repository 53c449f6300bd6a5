import { createHash } from "node:crypto";
import { keyOfSchedule, scheduleOfKey } from "../engine/schedule-key.ts";
import { fromPublicId } from "../workflow/workflow-id.ts";

/** The partition of a workflow; undefined if the text is not an id. */
export function partitionOfId(id: string, partitions: number): number | undefined {
  const number = fromPublicId(id);
  return number === undefined ? undefined : number % partitions;
}

/**
 * The partition in which workflows with this idempotency key are started. It must never change: a key is only searched
 * there. Everything that a schedule starts is in the schedule's partition, so that both change in one transaction.
 */
export function partitionOfKey(key: string, partitions: number): number {
  const schedule = scheduleOfKey(key);
  const text = schedule === undefined ? key : keyOfSchedule(schedule);
  return createHash("sha256").update(text).digest().readUInt32BE(0) % partitions;
}

/** The partition of a schedule. */
export function partitionOfSchedule(schedule: string, partitions: number): number {
  return partitionOfKey(keyOfSchedule(schedule), partitions);
}
