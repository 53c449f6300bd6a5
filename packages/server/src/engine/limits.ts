import type { RetryOptions } from "../host-calls/waiting-call.ts";

/** What the engine allows guests and callers; each has a default. */
export interface EngineLimits {
  /** Bytes of a module. Default 64 MiB. */
  readonly moduleBytes: number;
  /** Bytes of memory that one guest may use. Default 256 MiB. */
  readonly memoryBytes: number;
  /** Elements of a guest's tables. Default 1,000,000. */
  readonly tableElements: number;
  /** Guests that are in memory at the same time; others wait for their turn. Default 1,000. */
  readonly residentGuests: number;
  /** Milliseconds after which a guest that waits leaves memory. Default 10,000. */
  readonly idleGuestMs: number;
  /** Workflows that may wait for a guest's place; starts beyond are refused. Default 100,000. */
  readonly queuedWorkflows: number;
  /** Characters of one workflow's journal. Default 64 Mi. */
  readonly journalCharacters: number;
  /** Messages that may wait in one mailbox. Default 10,000. */
  readonly mailboxMessages: number;
  /** Characters of one input, message or response of an API call. Default 8 Mi. */
  readonly textCharacters: number;
  /** How idempotent requests are repeated. */
  readonly retry: RetryOptions;
}

export const defaultLimits: EngineLimits = {
  moduleBytes: 64 * 2 ** 20,
  memoryBytes: 256 * 2 ** 20,
  tableElements: 1_000_000,
  residentGuests: 1_000,
  idleGuestMs: 10_000,
  queuedWorkflows: 100_000,
  journalCharacters: 64 * 2 ** 20,
  mailboxMessages: 10_000,
  textCharacters: 8 * 2 ** 20,
  retry: { attempts: 5, firstDelayMs: 200, longestDelayMs: 10_000 },
};
