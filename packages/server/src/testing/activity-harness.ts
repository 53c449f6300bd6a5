import type { ActivityFailureReport, HandedOutActivity } from "@flawless-ts/sdk/internal";
import type { SentPolicy } from "@flawless-ts/wasm-module/internal";
import {
  type ActivityObserver,
  type ActivityOutcome,
  ActivityQueues,
  type ActivityTask,
  type OpenActivity,
} from "../activities/index.ts";
import { globalTimers } from "../time/timers.ts";
import { TestClock } from "./test-clock.ts";

/** A task that a test opened. */
export interface TriedTask {
  readonly open: OpenActivity;
  /** The lines that the journal would have, in order. */
  readonly lines: string[];
  readonly outcome: () => ActivityOutcome | undefined;
}

/** Queues with the test's clock, and what would be in the journal. */
export class ActivityHarness {
  readonly clock: TestClock = new TestClock();
  readonly leaseMs = 30_000;
  readonly ends: string[] = [];
  queues: ActivityQueues;
  /** Whether writes to the journal succeed. */
  canSave = true;
  #keys = 0;

  constructor(options: { readonly workers?: number; readonly textCharacters?: number } = {}) {
    const { workers = 100, textCharacters = 1_000 } = options;
    const observer: ActivityObserver = {
      activityAttemptEnded: (queue, activity, end) =>
        void this.ends.push(`${queue} ${activity} ${end}`),
    };
    this.queues = new ActivityQueues({
      clock: this.clock,
      timers: globalTimers,
      limits: { leaseMs: this.leaseMs, workers, textCharacters },
      observer,
    });
  }

  /** Stands for another server on the same journal. */
  restart(): void {
    const { clock, leaseMs } = this;
    this.queues = new ActivityQueues({
      clock,
      timers: globalTimers,
      limits: { leaseMs, workers: 100, textCharacters: 1_000 },
      observer: undefined,
    });
  }

  task(policy: SentPolicy = {}, more: Partial<ActivityTask> = {}): TriedTask {
    this.#keys += 1;
    const lines: string[] = [];
    let outcome: ActivityOutcome | undefined;
    const open = this.queues.open(
      {
        key: `key-${this.#keys}`,
        workflow: "wkf_one",
        queue: "orders",
        name: "charge",
        input: "7",
        policy,
        scheduledAt: this.clock.now(),
        restored: false,
        progress: null,
        ...more,
      },
      {
        progress: async (line) => {
          if (!this.canSave) {
            throw new Error("the journal can't be written");
          }
          lines.push(line);
        },
        done: (ended) => {
          outcome = ended;
        },
      },
    );
    return { open, lines, outcome: () => outcome };
  }

  worker(id = "w1", activities: Readonly<Record<string, SentPolicy>> = { charge: {} }): void {
    this.queues.register("orders", { worker: id, concurrency: 10, activities });
  }

  /** The tasks that a worker gets without waiting. */
  async take(worker = "w1", max = 1): Promise<readonly HandedOutActivity[]> {
    return this.queues.poll("orders", { worker, max, waitMs: 0 });
  }

  async takeOne(worker = "w1"): Promise<HandedOutActivity> {
    const [task] = await this.take(worker);
    if (task === undefined) {
      throw new Error("there was no task");
    }
    return task;
  }

  /** The number of workers that wait for tasks. */
  polls(queue: string): number {
    return this.queues.pollsOf(queue);
  }

  complete({ lease }: HandedOutActivity, value = "1", worker = "w1"): readonly string[] {
    return this.queues.report("orders", worker, [{ lease, value }]);
  }

  fail(
    { lease }: HandedOutActivity,
    error: Partial<ActivityFailureReport> = {},
    worker = "w1",
  ): readonly string[] {
    const report = {
      name: "Error",
      message: "declined",
      stack: null,
      details: null,
      nonRetryable: false,
      cause: null,
      ...error,
    };
    return this.queues.report("orders", worker, [{ lease, error: report }]);
  }

  beat(
    { lease }: HandedOutActivity,
    alive = false,
    details: string | null = null,
  ): readonly string[] {
    return this.queues.heartbeat("orders", "w1", [{ lease, alive, details }]);
  }
}
