import type { SentPolicy } from "@flawless-ts/wasm-module/internal";

import type { ActivityQueueSummary } from "./types.ts";

/** A worker, as it makes itself known to a queue. */
export interface ActivityWorkerRegistration {
  /** Its id, which no other worker has. */
  readonly worker: string;
  /** How many activities it runs at a time; shown only. */
  readonly concurrency: number;
  /** The activities that it runs, by name, each with the defaults of its definition. */
  readonly activities: Readonly<Record<string, SentPolicy>>;
}

/** What a registered worker has to keep to. */
export interface ActivityLeaseTerms {
  /** A task is taken for lost when its worker has not named it for so many milliseconds. */
  readonly leaseMs: number;
}

/** A worker asks for tasks. */
export interface ActivityPoll {
  readonly worker: string;
  /** How many it takes at most. */
  readonly max: number;
  /** For how long the question is left open where there are none, in milliseconds; null: until it is taken back. */
  readonly waitMs: number | null;
}

/** One attempt of an activity, handed to a worker. */
export interface HandedOutActivity {
  /** Names the attempt in all that the worker tells of it. */
  readonly lease: string;
  readonly name: string;
  /** JSON text. */
  readonly input: string;
  readonly attempt: number;
  readonly idempotencyKey: string;
  /** The workflow's id. */
  readonly workflow: string;
  /** What the attempt before said last: JSON text; null where there was none. */
  readonly details: string | null;
  /** How long the attempt may take, in milliseconds. */
  readonly timeoutMs: number;
  /** The longest pause between two signs of life of the activity itself, in milliseconds; null: none is wanted. */
  readonly heartbeatMs: number | null;
}

/** What an activity threw. */
export interface ActivityFailureReport {
  /** The error's name, or that of its class. */
  readonly name: string;
  readonly message: string;
  readonly stack: string | null;
  /** JSON text; null where the error has no details. */
  readonly details: string | null;
  /** Whether another attempt would fail as well. */
  readonly nonRetryable: boolean;
  readonly cause: ActivityFailureReport | null;
}

/** What an attempt said by `heartbeat` that no sign of life has told yet. It is for the next attempt. */
interface LastWords {
  /** JSON text; null for nothing. */
  readonly details?: string | null;
}

/** How an attempt ended; `handBack`: it did not, and another worker may have it. */
export type ActivityReport =
  | { readonly lease: string; readonly value: string }
  | ({ readonly lease: string; readonly error: ActivityFailureReport } & LastWords)
  | ({ readonly lease: string; readonly handBack: true } & LastWords);

/** A sign of life of one attempt. */
export interface ActivityBeat {
  readonly lease: string;
  /** Whether the activity itself gave it, and not its worker alone. */
  readonly alive: boolean;
  /** JSON text; null where the activity gave no details since. */
  readonly details: string | null;
}

/** The leases of those attempts that are no longer the worker's: cancelled, timed out, or handed to another. */
export interface EndedLeases {
  readonly ended: readonly string[];
}

/** What a worker of activities asks a server. Every method rejects with a `FlawlessError`. */
export interface ActivityWork<Scope> {
  registerActivityWorker(
    queue: string,
    registration: ActivityWorkerRegistration,
    scope: Scope,
  ): Promise<ActivityLeaseTerms>;
  pollActivities(
    queue: string,
    poll: ActivityPoll,
    scope: Scope,
  ): Promise<readonly HandedOutActivity[]>;
  reportActivities(
    queue: string,
    worker: string,
    reports: readonly ActivityReport[],
    scope: Scope,
  ): Promise<EndedLeases>;
  heartbeatActivities(
    queue: string,
    worker: string,
    beats: readonly ActivityBeat[],
    scope: Scope,
  ): Promise<EndedLeases>;
  /** What the queues are like now. @param tasks how many tasks of each to tell; undefined: the server's default */
  activityQueues(tasks: number | undefined, scope: Scope): Promise<readonly ActivityQueueSummary[]>;
  /** The worker is gone: what it still has is handed out again. */
  leaveActivityQueue(queue: string, worker: string, scope: Scope): Promise<void>;
}
