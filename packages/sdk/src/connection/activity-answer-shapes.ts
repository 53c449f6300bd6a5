import { array, nullable, number, object, oneOf, string, type Shape } from "../http/shape.ts";
import type { ActivityLeaseTerms, EndedLeases, HandedOutActivity } from "./activity-types.ts";
import type { ActivityQueueSummary } from "./types.ts";

// Members that are not listed here are ignored, as in answer-shapes.ts.

export const leaseTerms: Shape<ActivityLeaseTerms> = object({
  leaseMs: number,
});

export const endedLeases: Shape<EndedLeases> = object({ ended: array(string) });

export const handedOut: Shape<readonly HandedOutActivity[]> = array(
  object({
    lease: string,
    name: string,
    input: string,
    attempt: number,
    idempotencyKey: string,
    workflow: string,
    details: nullable(string),
    timeoutMs: number,
    heartbeatMs: nullable(number),
  }),
);

export const activityQueueSummaries: Shape<readonly ActivityQueueSummary[]> = array(
  object({
    queue: string,
    waiting: number,
    running: number,
    retrying: number,
    lastMinute: object({
      started: number,
      completed: number,
      failed: number,
      timedOut: number,
      lost: number,
    }),
    workers: array(
      object({
        id: string,
        concurrency: number,
        running: number,
        activities: array(string),
        seenAt: string,
      }),
    ),
    tasks: array(
      object({
        activity: string,
        workflow: string,
        state: oneOf(["waiting", "running", "retrying"]),
        attempt: number,
        scheduledAt: string,
        nextAttemptAt: nullable(string),
        worker: nullable(string),
        lastError: nullable(object({ name: string, message: string })),
      }),
    ),
  }),
);
