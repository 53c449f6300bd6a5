import { createHash } from "node:crypto";
import { fromPublicId } from "../workflow/workflow-id.ts";

/** The partition of a workflow; undefined for what is no id. */
export function partitionOfId(id: string, partitions: number): number | undefined {
  const number = fromPublicId(id);
  return number === undefined ? undefined : number % partitions;
}

/** The partition in which workflows are started by this idempotency key. It must never change: a key is looked for there only. */
export function partitionOfKey(key: string, partitions: number): number {
  return createHash("sha256").update(key).digest().readUInt32BE(0) % partitions;
}
