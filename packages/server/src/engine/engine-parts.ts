import { ActivityQueues } from "../activities/index.ts";
import { ExecutorPool } from "../executor/executor-pool.ts";
import { NetworkHttpClient } from "../network/network-http-client.ts";
import { MemoryWorkflowStore } from "../store/memory-workflow-store.ts";
import type { WorkflowStore } from "../store/workflow-store.ts";
import { systemClock, type Clock } from "../time/clock.ts";
import { globalTimers, type Timers } from "../time/timers.ts";
import {
  Cancellations,
  MassRestarts,
  Restarts,
  WorkflowCommands,
  WorkflowStarts,
} from "./commands/index.ts";
import { Committer } from "./committer.ts";
import type { EngineOptions } from "./engine-options.ts";
import { resolveEngineLimits } from "./limits.ts";
import { Modules } from "./modules/index.ts";
import {
  combineObservers,
  createSecretHider,
  toLogListener,
  withoutSecrets,
} from "./observing/index.ts";
import { WorkflowReader } from "./reading/index.ts";
import { createResidency, RunningCount, RunRegistry } from "./runs/index.ts";
import { Schedules } from "./schedules/index.ts";

/** The parts of an engine, connected to each other. */
export class EngineParts {
  readonly store: WorkflowStore;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly executors: ExecutorPool;
  /** Whether nobody else uses them. */
  readonly ownsExecutors: boolean;
  readonly committer: Committer;
  readonly modules: Modules;
  readonly activities: ActivityQueues;
  /** Whether nobody else uses them. */
  readonly ownsActivities: boolean;
  readonly registry: RunRegistry;
  readonly schedules: Schedules;
  readonly reader: WorkflowReader;
  readonly starts: WorkflowStarts;
  readonly restarts: Restarts;
  readonly commands: WorkflowCommands;
  readonly massRestarts: MassRestarts;
  readonly cancellations: Cancellations;
  readonly onError: (error: unknown) => void;

  constructor(options: EngineOptions) {
    const hideSecrets = createSecretHider(options.secrets ?? {});
    this.store = options.store ?? new MemoryWorkflowStore();
    this.clock = options.clock ?? systemClock;
    const { executors } = options;
    this.ownsExecutors = !(executors instanceof ExecutorPool);
    this.executors = executors instanceof ExecutorPool ? executors : new ExecutorPool(executors);
    const limits = resolveEngineLimits(options.limits ?? {});
    this.onError = options.onError ?? (() => undefined);
    const observers = combineObservers(options.observers ?? [], this.onError);
    const observer = withoutSecrets(observers, hideSecrets);
    this.timers = options.timers ?? globalTimers;
    const grouped = options.groupCommits ?? true;
    this.committer = new Committer(this.store, grouped, observer, this.timers);
    const { share } = options;
    this.modules =
      share?.modules ??
      new Modules(this.store, this.committer, limits, {
        development: options.development ?? false,
        forget: (key, bytes) => this.executors.forgetModule(key, bytes),
      });
    this.ownsActivities = options.activities === undefined;
    this.activities =
      options.activities ??
      new ActivityQueues({
        clock: this.clock,
        timers: this.timers,
        limits: {
          leaseMs: limits.activityLeaseMs,
          workers: limits.activityWorkers,
          textCharacters: limits.textCharacters,
        },
        observer,
      });
    this.registry = new RunRegistry({
      store: this.store,
      clock: this.clock,
      timers: this.timers,
      http: options.http ?? new NetworkHttpClient(),
      activities: this.activities,
      observer,
      limits,
      committer: this.committer,
      modules: this.modules,
      executors: this.executors,
      residency: share?.residency ?? createResidency(limits),
      running: share?.running ?? new RunningCount(),
      ids: options.ids,
      elsewhere: options.elsewhere,
      outcomes: options.outcomes,
      guestSettings: {
        secrets: { ...options.secrets },
        seed: options.seed ?? null,
        guestTime: this.clock.guestTime,
        callLimits: {
          callCharacters: limits.callCharacters,
          textCharacters: limits.textCharacters,
          journalSteps: limits.journalSteps,
        },
      },
      stubbedWorkflows: options.stubbedWorkflows ?? new Set(),
      keyedEnded: (key) => this.schedules.ended(key),
      hideSecrets,
      onLog: toLogListener(options.onLog, hideSecrets),
      onError: this.onError,
    });
    this.schedules = new Schedules({
      registry: this.registry,
      modules: this.modules,
      othersDeploy: share !== undefined,
      observer,
      clock: this.clock,
      failed: this.onError,
    });
    this.reader = new WorkflowReader(this.store, this.registry, this.timers);
    this.starts = new WorkflowStarts(this.modules, this.registry);
    this.restarts = new Restarts(this.modules, this.registry, this.executors);
    this.massRestarts = new MassRestarts({
      store: this.store,
      save: () => this.committer.flush(),
      restart: (id, request) => this.restarts.restart(id, request),
    });
    this.commands = new WorkflowCommands(this.registry, this.timers);
    this.cancellations = new Cancellations(this.registry);
  }
}
