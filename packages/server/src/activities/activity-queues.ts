import type {
  ActivityBeat,
  ActivityLeaseTerms,
  ActivityPoll,
  ActivityReport,
  ActivityWorkerRegistration,
  HandedOutActivity,
} from "@flawless-ts/sdk/internal";
import { EngineError } from "../errors.ts";
import { ActivityQueue, type QueueServices } from "./activity-queue.ts";
import type {
  ActivityListener,
  ActivityTask,
  ActivityTasks,
  OpenActivity,
} from "./activity-task.ts";
import { LeaseNames } from "./lease.ts";
import { OpenTask } from "./open-task.ts";
import { summaryOf, type QueueSummary } from "./queue-summary.ts";

const maxQueueNameLength = 200;

/** All queues. They are in memory: after a restart the engine reopens the tasks that its workflows wait for. */
export class ActivityQueues implements ActivityTasks {
  readonly #services: QueueServices;
  readonly #queues = new Map<string, ActivityQueue>();
  #isClosed = false;

  constructor(services: Omit<QueueServices, "leases" | "openedAt">) {
    this.#services = { ...services, openedAt: services.clock.now(), leases: new LeaseNames() };
  }

  open(task: ActivityTask, listener: ActivityListener): OpenActivity {
    const queue = this.#queue(task.queue);
    const open = new OpenTask(task, listener, queue);
    queue.add(open);
    this.#services.observer?.activityCalled?.(task.queue, task.name);
    return open;
  }

  /** @throws EngineError `INVALID_REQUEST`, `LIMIT_REACHED`, `CLOSED` */
  register(queue: string, registration: ActivityWorkerRegistration): ActivityLeaseTerms {
    this.#assertOpen();
    checkName(queue);
    const { leaseMs, workers } = this.#services.limits;
    if (this.#workerCount() >= workers) {
      throw new EngineError(
        "LIMIT_REACHED",
        `${workers} workers of activities are registered, as many as this server takes. Stop some, or run more activities in each.`,
      );
    }
    this.#queue(queue).register(registration);
    return { leaseMs };
  }

  /**
   * Returns tasks for a worker once there are any.
   *
   * @throws EngineError `WORKER_NOT_FOUND`, `CLOSED`
   */
  async poll(
    queue: string,
    poll: ActivityPoll,
    signal?: AbortSignal,
  ): Promise<readonly HandedOutActivity[]> {
    return this.#known(queue).poll(poll, signal);
  }

  /**
   * Reports how attempts ended.
   *
   * @returns the leases that the worker no longer held: its reports about them are ignored
   * @throws EngineError `WORKER_NOT_FOUND`, `CLOSED`
   */
  report(queue: string, worker: string, reports: readonly ActivityReport[]): readonly string[] {
    return this.#known(queue).report(worker, reports);
  }

  /**
   * Heartbeats of a worker.
   *
   * @returns the leases that the worker no longer holds
   * @throws EngineError `WORKER_NOT_FOUND`, `CLOSED`
   */
  heartbeat(queue: string, worker: string, beats: readonly ActivityBeat[]): readonly string[] {
    return this.#known(queue).heartbeat(worker, beats);
  }

  /** Removes a worker. An unknown one is already gone. */
  leave(queue: string, worker: string): void {
    this.#queues.get(queue)?.leave(worker);
    this.#forgetIdle();
  }

  /** The current state of the queues, by name. @param tasks max tasks to include per queue, oldest first */
  summaries(tasks: number): readonly QueueSummary[] {
    this.#forgetIdle();
    return [...this.#queues.values()]
      .map((queue) => summaryOf(queue, tasks))
      .toSorted((one, other) => (one.queue < other.queue ? -1 : 1));
  }

  /** The number of workers of a queue that wait for tasks. */
  pollsOf(queue: string): number {
    return this.#queues.get(queue)?.polls ?? 0;
  }

  /** The number of running attempts. */
  get running(): number {
    return this.#sum(({ running }) => running);
  }

  /** Answers all workers without handing anything out. */
  close(): void {
    this.#isClosed = true;
    for (const queue of this.#queues.values()) {
      queue.close();
    }
  }

  #queue(name: string): ActivityQueue {
    let queue = this.#queues.get(name);
    if (queue === undefined) {
      queue = new ActivityQueue(name, this.#services);
      this.#queues.set(name, queue);
    }
    return queue;
  }

  #known(name: string): ActivityQueue {
    this.#assertOpen();
    // A queue that doesn't exist has no workers either, so a new one reports that.
    return this.#queues.get(name) ?? new ActivityQueue(name, this.#services);
  }

  #assertOpen(): void {
    if (this.#isClosed) {
      throw new EngineError(
        "CLOSED",
        "The server is shutting down. Send the request again when it is back.",
      );
    }
  }

  #workerCount(): number {
    const now = this.#services.clock.now();
    return this.#sum(({ workers, leaseMs }) => workers.all(now, leaseMs).length);
  }

  #sum(count: (queue: ActivityQueue) => number): number {
    return [...this.#queues.values()].reduce((sum, queue) => sum + count(queue), 0);
  }

  #forgetIdle(): void {
    for (const [name, queue] of this.#queues) {
      if (queue.isIdle()) {
        this.#queues.delete(name);
      }
    }
  }
}

function checkName(queue: string): void {
  if (queue === "" || queue.length > maxQueueNameLength) {
    throw new EngineError(
      "INVALID_REQUEST",
      `Expected the name of a queue of 1 to ${maxQueueNameLength} characters, but got ${queue.length}.`,
    );
  }
}
