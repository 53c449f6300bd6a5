import { randomUUID } from "node:crypto";
import {
  activityPolicies,
  type AttemptResult,
  type HandedOutActivity,
} from "@flawless-ts/sdk/internal";
import { EngineError } from "@flawless-ts/server";
import type { Engine } from "@flawless-ts/server/internal";
import {
  defineActivities,
  type ActivityDefinitions,
  type ActivityFunction,
} from "@flawless-ts/wasm-module";
import { toMilliseconds } from "../duration.ts";
import type { TestClock } from "../environment/test-clock.ts";
import type { ActivityFault } from "./activity-fault.ts";
import { ActivityLog } from "./activity-log.ts";
import { withMocks } from "./activity-mocks.ts";
import { HeldActivities } from "./held-activities.ts";
import { HeldActivity } from "./held-activity.ts";
import { failing, PlannedFaults } from "./planned-faults.ts";

/** Practically unlimited, because a test's functions shouldn't wait for workers. */
const concurrency = 1_000;

/** Listeners for an activity that starts running. */
type BeganListener = (workflowId: string, name: string) => void;

/**
 * The environment's own worker, which claims the tasks of all queues and runs the test's activities. It outlives
 * crashes of the server, as a separate worker process does.
 */
export class TestActivities {
  readonly held: HeldActivities;
  readonly #worker = `test-environment-${randomUUID()}`;
  readonly #log = new ActivityLog();
  readonly #faults = new PlannedFaults();
  readonly #clock: TestClock;
  readonly #crash: () => void;
  readonly #queues = new Set<string>();
  readonly #listeners = new Set<BeganListener>();
  /** The queues whose tasks the engine has been asked for. */
  #served = new Set<string>();
  #engine: Engine | undefined;
  #definitions: ActivityDefinitions = {};
  /** What the queues know about them; always the same object. */
  readonly #policies: Record<string, object> = {};
  #asking = new AbortController();

  constructor(parts: { readonly clock: TestClock; onCrash(): void }) {
    this.#clock = parts.clock;
    this.#crash = () => parts.onCrash();
    this.held = new HeldActivities(this.#worker, parts.clock, () => this.#engine);
  }

  /** The calls that ran, in order. */
  get log(): ActivityLog["calls"] {
    return this.#log.calls;
  }

  has(name: string): boolean {
    return Object.hasOwn(this.#definitions, name);
  }

  /** @throws InvalidOptionError */
  define(activities: ActivityDefinitions): void {
    this.#definitions = { ...this.#definitions, ...defineActivities(activities) };
    Object.assign(this.#policies, activityPolicies(this.#definitions));
    // Tasks may be waiting for a new activity.
    this.#asking.abort();
    this.#asking = new AbortController();
    this.#serveAll();
  }

  /** @throws InvalidOptionError */
  mock(mocks: Readonly<Record<string, ActivityFunction>>): void {
    this.define(withMocks(this.#definitions, mocks));
  }

  /** @throws InvalidOptionError */
  addFault(fault: ActivityFault): void {
    this.#faults.add(fault);
  }

  /** A queue has tasks. */
  called(queue: string): void {
    this.#queues.add(queue);
    this.#serveAll();
  }

  /** @param engine undefined: it has crashed, and another one will follow */
  serve(engine: Engine | undefined): void {
    this.#engine = engine;
    this.#served = new Set();
    this.#serveAll();
  }

  /** @returns removes the listener */
  onBegan(listener: BeganListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  close(): void {
    this.#engine = undefined;
    this.#asking.abort();
    this.held.close();
  }

  #serveAll(): void {
    const engine = this.#engine;
    if (engine === undefined || Object.keys(this.#definitions).length === 0) {
      return;
    }
    for (const queue of this.#queues) {
      if (!this.#served.has(queue)) {
        this.#served.add(queue);
        void this.#serve(queue, engine);
      }
    }
  }

  async #serve(queue: string, { activities }: Engine): Promise<void> {
    const worker = this.#worker;
    try {
      const terms = activities.register(queue, {
        worker,
        concurrency,
        activities: this.#policies,
      });
      this.held.registered(queue, terms.leaseMs);
      for (;;) {
        const poll = { worker, max: concurrency, waitMs: null };
        for (const task of await activities.poll(queue, poll, this.#asking.signal)) {
          void this.#run(queue, task);
        }
      }
    } catch (error) {
      if (!(error instanceof EngineError)) {
        throw error;
      }
      // The engine has stopped, or the test's limits allow no worker.
    }
  }

  async #run(queue: string, task: HandedOutActivity): Promise<void> {
    const fault: Partial<ActivityFault> = this.#faults.take(task) ?? {};
    if ("crash" in fault && fault.crash === "before") {
      this.#crash();
      return;
    }
    if ("lose" in fault && fault.lose === "before") {
      return;
    }
    const activity = new HeldActivity(queue, task, this.#clock.now());
    this.held.add(activity);
    if ("drop" in fault && fault.drop === "task") {
      activity.mayBeAtWork = false;
      return;
    }
    const ended = this.#log.began(queue, task, this.#clock.now());
    activity.onEnd = () => ended(null);
    for (const listener of this.#listeners) {
      listener(task.workflow, task.name);
    }
    const { fail } = fault as { readonly fail?: string | Error };
    const definitions = fail === undefined ? this.#definitions : failing(task.name, fail);
    const result = await activity.run(definitions);
    if (this.held.has(activity)) {
      ended(result);
      await this.#tell(activity, result, fault);
    }
  }

  async #tell(
    activity: HeldActivity,
    result: AttemptResult,
    fault: Partial<ActivityFault>,
  ): Promise<void> {
    activity.onEnd = undefined;
    activity.mayBeAtWork = false;
    if ("drop" in fault) {
      return;
    }
    if ("crash" in fault || "lose" in fault) {
      this.held.remove(activity);
      if ("crash" in fault) {
        this.#crash();
      }
      return;
    }
    if ("delay" in fault) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#clock.setTimer(this.#clock.now() + toMilliseconds(fault.delay), resolve);
      await promise;
    }
    this.held.report(activity, activity.attempt.reportOf(result));
  }
}
