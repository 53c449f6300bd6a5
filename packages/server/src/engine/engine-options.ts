import type { ExecutorPool, ExecutorPoolOptions } from "../executor/executor-pool.ts";
import type { Outcomes } from "../host-calls/outcomes.ts";
import type { HttpClient } from "../network/http-client.ts";
import type { WorkflowStore } from "../store/workflow-store.ts";
import type { ActivityQueues } from "../activities/index.ts";
import type { Clock } from "../time/clock.ts";
import type { Elsewhere } from "./elsewhere.ts";
import type { EngineObserver, WorkflowLog } from "./observing/index.ts";
import type { EngineShare } from "./engine-share.ts";
import type { EngineLimitOptions } from "./limits.ts";
import type { Timers } from "../time/timers.ts";
import type { IdSlice } from "../workflow/workflow-id.ts";

/** The options of an engine. Omitted ones default to the machine's own. */
export interface EngineOptions {
  /** Where to store everything; the engine closes it. Default: in memory, lost with the engine. */
  readonly store?: WorkflowStore;
  readonly clock?: Clock;
  /** Real time for the engine itself. Default: the globals (`setTimeout` and so on). */
  readonly timers?: Timers;
  /** Sends the requests of guests. Default: over the network. */
  readonly http?: HttpClient;
  /** The secrets that guests may read, by name. Default: none. */
  readonly secrets?: Readonly<Record<string, string>>;
  /** Makes all random numbers of guests reproducible. Default: they are the system's. */
  readonly seed?: number;
  /** Options of the engine's threads for guests; or threads shared with other engines, which it does not close. */
  readonly executors?: ExecutorPool | ExecutorPoolOptions | undefined;
  readonly limits?: EngineLimitOptions;
  /**
   * False: each change that someone waits for has its own transaction, so that the same workflow makes the same
   * transactions. Slower; for tests that crash at each of them. Default true.
   */
  readonly groupCommits?: boolean;
  /** The numbers that its workflows may get; other engines of the same cluster have the others. Default: all. */
  readonly ids?: IdSlice;
  /** How its workflows reach those of other engines of the same cluster. Default: not at all. */
  readonly elsewhere?: Elsewhere | undefined;
  /** How the next engine on its store gets outcomes of requests that this one sent. Default: not at all. */
  readonly outcomes?: Outcomes | undefined;
  /** What it shares with other engines of the process; it does not read modules then. Default: nothing. */
  readonly share?: EngineShare;
  /** Where its workflows' activities wait for workers; it does not close them. Default: its own queues. */
  readonly activities?: ActivityQueues;
  /** Called once if the store turned out to have another owner; the engine was stopped then. */
  readonly onFenced?: () => void;
  /** Allows other bytes to be deployed under the same name and version. Default false. */
  readonly development?: boolean;
  /**
   * Children with these names are not run: they complete as soon as they are started, whether or not their module has
   * them. The set is checked at each start. For tests.
   */
  readonly stubbedWorkflows?: ReadonlySet<string>;
  /** Observe what the engine does, for metrics and traces. Default: none. */
  readonly observers?: readonly EngineObserver[];
  /** Called with the log lines of guests. Default: they are dropped. */
  readonly onLog?: (log: WorkflowLog) => void;
  /** Called with failures that no caller is there to see. Default: they are dropped. */
  readonly onError?: (error: unknown) => void;
}
