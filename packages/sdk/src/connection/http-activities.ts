import { object } from "../http/shape.ts";
import type { CallScope } from "../http/call-scope.ts";
import type { HttpRequest } from "../http/messages.ts";
import {
  activityQueueSummaries,
  endedLeases,
  handedOut,
  leaseTerms,
} from "./activity-answer-shapes.ts";
import type {
  ActivityBeat,
  ActivityLeaseTerms,
  ActivityPoll,
  ActivityReport,
  ActivityWork,
  ActivityWorkerRegistration,
  EndedLeases,
  HandedOutActivity,
} from "./activity-types.ts";
import type { Ask } from "./ask.ts";
import { readOk } from "./answers.ts";
import { get, jsonPost, pollMs, toQuery } from "./requests.ts";
import type { ActivityQueueSummary } from "./types.ts";

const activityFeature = "activities";
const harmless = { repeat: "harmless" } as const;

/** Activity workers' requests to a server over HTTP. */
export class HttpActivities implements ActivityWork<CallScope> {
  readonly #ask: Ask;

  constructor(ask: Ask) {
    this.#ask = ask;
  }

  async registerActivityWorker(
    queue: string,
    registration: ActivityWorkerRegistration,
    scope: CallScope,
  ): Promise<ActivityLeaseTerms> {
    // Registering twice is harmless.
    const request = { ...jsonPost(queuePath(queue, "workers"), registration), ...harmless };
    return this.#ask(activityFeature, request, scope, (answer) => readOk(answer, leaseTerms));
  }

  async pollActivities(
    queue: string,
    poll: ActivityPoll,
    scope: CallScope,
  ): Promise<readonly HandedOutActivity[]> {
    const waitMs = Math.min(poll.waitMs ?? pollMs, pollMs);
    const request: HttpRequest = {
      ...jsonPost(queuePath(queue, "poll"), { ...poll, waitMs }),
      answerWithinMs: waitMs + 30_000,
      // The caller decides when to retry, and whether to register first.
      repeat: "never",
    };
    return this.#ask(activityFeature, request, scope, (answer) => readOk(answer, handedOut));
  }

  async reportActivities(
    queue: string,
    worker: string,
    reports: readonly ActivityReport[],
    scope: CallScope,
  ): Promise<EndedLeases> {
    // A repeated report counts once.
    const request = { ...jsonPost(queuePath(queue, "report"), { worker, reports }), ...harmless };
    return this.#ask(activityFeature, request, scope, (answer) => readOk(answer, endedLeases));
  }

  async heartbeatActivities(
    queue: string,
    worker: string,
    beats: readonly ActivityBeat[],
    scope: CallScope,
  ): Promise<EndedLeases> {
    const request = { ...jsonPost(queuePath(queue, "heartbeat"), { worker, beats }), ...harmless };
    return this.#ask(activityFeature, request, scope, (answer) => readOk(answer, endedLeases));
  }

  async leaveActivityQueue(queue: string, worker: string, scope: CallScope): Promise<void> {
    const request = { ...jsonPost(queuePath(queue, "leave"), { worker }), ...harmless };
    await this.#ask(activityFeature, request, scope, (answer) => readOk(answer, object({})));
  }

  async activityQueues(
    tasks: number | undefined,
    scope: CallScope,
  ): Promise<readonly ActivityQueueSummary[]> {
    const request = get(`/api/activities${toQuery({ tasks })}`);
    return this.#ask(activityFeature, request, scope, (answer) =>
      readOk(answer, activityQueueSummaries),
    );
  }
}

function queuePath(queue: string, what: string): string {
  return `/api/activities/${encodeURIComponent(queue)}/${what}`;
}
