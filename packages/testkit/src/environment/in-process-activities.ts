import type { ActivityQueueSummary } from "@flawless-ts/sdk";
import type {
  ActivityBeat,
  ActivityLeaseTerms,
  ActivityPoll,
  ActivityReport,
  ActivityWork,
  ActivityWorkerRegistration,
  CallScope,
  EndedLeases,
  HandedOutActivity,
} from "@flawless-ts/sdk/internal";
import type { Engine } from "@flawless-ts/server/internal";

/** The requests of activity workers to an engine in this process. */
export abstract class InProcessActivities implements ActivityWork<CallScope> {
  /** @throws {FlawlessError} the error that a server's client gets if the engine refuses. */
  protected abstract ask<Value>(
    question: (engine: Engine) => Promise<Value>,
    scope: CallScope,
  ): Promise<Value>;

  async registerActivityWorker(
    queue: string,
    registration: ActivityWorkerRegistration,
    scope: CallScope,
  ): Promise<ActivityLeaseTerms> {
    return this.ask(async ({ activities }) => activities.register(queue, registration), scope);
  }

  async pollActivities(
    queue: string,
    poll: ActivityPoll,
    scope: CallScope,
  ): Promise<readonly HandedOutActivity[]> {
    const { signal } = scope;
    return this.ask(({ activities }) => activities.poll(queue, poll, signal), scope);
  }

  async reportActivities(
    queue: string,
    worker: string,
    reports: readonly ActivityReport[],
    scope: CallScope,
  ): Promise<EndedLeases> {
    return this.ask(
      async ({ activities }) => ({ ended: activities.report(queue, worker, reports) }),
      scope,
    );
  }

  async heartbeatActivities(
    queue: string,
    worker: string,
    beats: readonly ActivityBeat[],
    scope: CallScope,
  ): Promise<EndedLeases> {
    return this.ask(
      async ({ activities }) => ({ ended: activities.heartbeat(queue, worker, beats) }),
      scope,
    );
  }

  async leaveActivityQueue(queue: string, worker: string, scope: CallScope): Promise<void> {
    await this.ask(async ({ activities }) => activities.leave(queue, worker), scope);
  }

  async activityQueues(
    tasks: number | undefined,
    scope: CallScope,
  ): Promise<readonly ActivityQueueSummary[]> {
    return this.ask(async ({ activities }) => activities.summaries(tasks ?? 20), scope);
  }
}
