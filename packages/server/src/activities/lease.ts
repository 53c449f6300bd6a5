import { randomBytes } from "node:crypto";

/** A name for an attempt, which no other has. */
export function makeLease(key: string, attempt: number): string {
  return `${prefixOf(key, attempt)}${randomBytes(6).toString("base64url")}`;
}

/** Whether a lease names that attempt. */
export function isLeaseOf(lease: string, key: string, attempt: number): boolean {
  return lease.startsWith(prefixOf(key, attempt));
}

/** The key of the task that a lease is about. */
export function keyOfLease(lease: string): string {
  return lease.split("#", 1)[0] ?? "";
}

function prefixOf(key: string, attempt: number): string {
  return `${key}#${attempt}#`;
}
