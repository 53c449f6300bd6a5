import type { ExecutorPool, ExecutorPoolOptions } from "../executor/executor-pool.ts";
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

/** All that an engine is given. Whatever is left out is the machine's own. */
export interface EngineOptions {
  /** Where everything is kept; the engine closes it. Default: in memory, gone with the engine. */
  readonly store?: WorkflowStore;
  readonly clock?: Clock;
  /** Real time for the engine itself. Default: the globals (`setTimeout` and so on). */
  readonly timers?: Timers;
  /** Sends the requests of guests. Default: to the network. */
  readonly http?: HttpClient;
  /** What guests get for the names of secrets. Default: none. */
  readonly secrets?: Readonly<Record<string, string>>;
  /** Makes all random numbers of guests repeatable. Default: they are the system's. */
  readonly seed?: number;
  /** What the engine's threads for guests are like; or threads shared with other engines, which it does not close. */
  readonly executors?: ExecutorPool | ExecutorPoolOptions | undefined;
  readonly limits?: EngineLimitOptions;
  /**
   * False: each change that someone waits for is a transaction of its own, so that the same workflow
   * makes the same transactions. Slower; for tests that crash at each of them. Default true.
   */
  readonly groupCommits?: boolean;
  /** Which numbers its workflows get; other engines of the same cluster have the others. Default: all. */
  readonly ids?: IdSlice;
  /** How its workflows reach those of other engines of the same cluster. Default: not at all. */
  readonly elsewhere?: Elsewhere | undefined;
  /** What it has in common with other engines of the process; it does not read modules then. Default: nothing. */
  readonly share?: EngineShare;
  /** Where its workflows' activities wait for workers; it does not close them. Default: queues of its own. */
  readonly activities?: ActivityQueues;
  /** Called once where the store turned out to have another owner: the engine was stopped then. */
  readonly onFenced?: () => void;
  /** Lets other bytes be deployed under the same name and version. Default false. */
  readonly development?: boolean;
  /**
   * Children of these names are not run: they are completed as soon as they are started, whether their
   * module has them or not. The set is asked at each start. For tests.
   */
  readonly stubbedWorkflows?: ReadonlySet<string>;
  /** Hear what the engine does, for metrics and traces. Default: nobody does. */
  readonly observers?: readonly EngineObserver[];
  /** Hears the log lines of guests. Default: nobody does. */
  readonly onLog?: (log: WorkflowLog) => void;
  /** Hears of failures that no caller is there to hear of. Default: nobody does. */
  readonly onError?: (error: unknown) => void;
}
