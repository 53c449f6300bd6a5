import type { ActivityTasks } from "../../activities/index.ts";
import type { ExecutorPool } from "../../executor/executor-pool.ts";
import type { GuestLog, GuestSettings } from "../../executor/messages.ts";
import type { WorkflowStore } from "../../store/workflow-store.ts";
import type { HttpClient } from "../../network/http-client.ts";
import type { Outcomes } from "../../host-calls/outcomes.ts";
import type { Clock } from "../../time/clock.ts";
import type { Timers } from "../../time/timers.ts";
import type { IdSlice } from "../../workflow/workflow-id.ts";
import type { Committer } from "../committer.ts";
import type { Elsewhere } from "../elsewhere.ts";
import type { EngineLimits } from "../limits.ts";
import type { Modules } from "../modules/index.ts";
import type { EngineObserver } from "../observing/index.ts";
import type { RunningCount } from "./running-count.ts";
import type { SharedResidency } from "./shared-residency.ts";
import type { WorkflowRun } from "./workflow-run.ts";

/** What a `RunRegistry` needs. */
export interface RunRegistryParts {
  readonly store: WorkflowStore;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly http: HttpClient;
  readonly activities: ActivityTasks;
  readonly observer: EngineObserver | undefined;
  readonly limits: EngineLimits;
  readonly committer: Committer;
  readonly modules: Modules;
  readonly executors: ExecutorPool;
  readonly guestSettings: GuestSettings;
  readonly residency: SharedResidency;
  readonly running: RunningCount;
  readonly ids: IdSlice | undefined;
  readonly elsewhere: Elsewhere | undefined;
  readonly outcomes: Outcomes | undefined;
  readonly stubbedWorkflows: ReadonlySet<string>;
  /** A workflow that was started with this key has ended, durably. */
  keyedEnded(key: string | null): void;
  hideSecrets(text: string): string;
  onLog(run: WorkflowRun, logs: readonly GuestLog[]): void;
  onError(error: unknown): void;
}
