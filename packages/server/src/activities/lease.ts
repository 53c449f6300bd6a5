import { randomBytes } from "node:crypto";

/** Makes names of attempts that are unique, even among those of previous runs of the server. */
export class LeaseNames {
  readonly #own = randomBytes(9).toString("base64url");
  #count = 0;

  make(key: string, attempt: number): string {
    this.#count += 1;
    return `${prefixOf(key, attempt)}${this.#own}#${this.#count.toString(36)}`;
  }

  /** Whether it was made here, and not by a previous run of the server. */
  isOwn(lease: string): boolean {
    return lease.split("#", 3)[2] === this.#own;
  }
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
