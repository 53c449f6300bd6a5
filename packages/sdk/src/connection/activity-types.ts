import type { SentPolicy } from "@flawless-ts/wasm-module/internal";

import type { ActivityQueueSummary } from "./types.ts";

/** A worker's registration with a queue. */
export interface ActivityWorkerRegistration {
  /** Its unique id. */
  readonly worker: string;
  /** The number of activities it runs at a time; only for display. */
  readonly concurrency: number;
  /** The activities that it runs, by name, each with the defaults of its definition. */
  readonly activities: Readonly<Record<string, SentPolicy>>;
}

/** The lease terms for a registered worker. */
export interface ActivityLeaseTerms {
  /** A task counts as lost if its worker hasn't sent a heartbeat for it for this many milliseconds. */
  readonly leaseMs: number;
}

/** A worker asks for tasks. */
export interface ActivityPoll {
  readonly worker: string;
  /** The max number of tasks. */
  readonly max: number;
  /** How long the request stays open if there are none, in milliseconds; null: until it is withdrawn. */
  readonly waitMs: number | null;
}

/** One attempt of an activity, assigned to a worker. */
export interface HandedOutActivity {
  /** Identifies the attempt in everything that the worker reports. */
  readonly lease: string;
  readonly name: string;
  /** JSON text. */
  readonly input: string;
  readonly attempt: number;
  readonly idempotencyKey: string;
  /** The workflow's id. */
  readonly workflow: string;
  /** The last details of the previous attempt: JSON text; null if there were none. */
  readonly details: string | null;
  /** How long the attempt may take, in milliseconds. */
  readonly timeoutMs: number;
  /** The max time between heartbeats of the activity itself, in milliseconds; null: none are required. */
  readonly heartbeatMs: number | null;
}

/** What an activity threw. */
export interface ActivityFailureReport {
  /** The name of the error, or of its class. */
  readonly name: string;
  readonly message: string;
  readonly stack: string | null;
  /** JSON text; null if the error has no details. */
  readonly details: string | null;
  /** Whether another attempt would also fail. */
  readonly nonRetryable: boolean;
  readonly cause: ActivityFailureReport | null;
}

/** An attempt's `heartbeat` details that have not been sent yet. They are for the next attempt. */
interface LastWords {
  /** JSON text; null for nothing. */
  readonly details?: string | null;
}

/** The result of an attempt; `handBack`: it didn't end, and another worker may have it. */
export type ActivityReport =
  | { readonly lease: string; readonly value: string }
  | ({ readonly lease: string; readonly error: ActivityFailureReport } & LastWords)
  | ({ readonly lease: string; readonly handBack: true } & LastWords);

/** A heartbeat for one attempt. */
export interface ActivityBeat {
  readonly lease: string;
  /** Whether it comes from the activity itself, not just its worker. */
  readonly alive: boolean;
  /** JSON text; null if the activity gave no details since the last one. */
  readonly details: string | null;
}

/** The leases of attempts that the worker has lost: cancelled, timed out, or reassigned. */
export interface EndedLeases {
  readonly ended: readonly string[];
}

/** An activity worker's requests to a server. Every method rejects with a `FlawlessError`. */
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
  /** The current queues. @param tasks the number of tasks to return for each; undefined: the server's default */
  activityQueues(tasks: number | undefined, scope: Scope): Promise<readonly ActivityQueueSummary[]>;
  /** The worker leaves: its remaining tasks are reassigned. */
  leaveActivityQueue(queue: string, worker: string, scope: Scope): Promise<void>;
}
