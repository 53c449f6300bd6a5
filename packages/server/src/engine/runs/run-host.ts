import type { GuestHandle } from "../../executor/executor-pool.ts";
import type { GuestLog } from "../../executor/messages.ts";
import type { HttpClient } from "../../network/http-client.ts";
import type { Journal, Wakeup } from "../../journal/journal.ts";
import type { Clock } from "../../time/clock.ts";
import type { Committer } from "../committer.ts";
import type { EngineObserver } from "../observing/engine-observer.ts";
import type { EngineLimits } from "../limits.ts";
import type { Residency } from "./residency.ts";
import type { WorkflowRun } from "./workflow-run.ts";

/** What one workflow needs of the engine. */
export interface RunHost {
  readonly clock: Clock;
  readonly http: HttpClient;
  /** Undefined where nobody watches. */
  readonly observer?: EngineObserver | undefined;
  readonly limits: EngineLimits;
  readonly journal: Journal;
  readonly committer: Committer;
  readonly residency: Residency<WorkflowRun>;
  /** False once the engine is closing: no effect may begin any more. */
  readonly mayAct: boolean;
  /** Starts the guest in a thread, or rebuilds it from its journal. */
  startGuest(run: WorkflowRun, journal: readonly string[]): Promise<GuestHandle>;
  /**
   * Asks whether the workflow may start a child now; see `WorkflowTrees.admit`.
   * @returns takes the question back
   */
  admitChild(parent: WorkflowRun, decide: (refusal?: string) => void): () => void;
  /** A new workflow of the parent's module, not running yet; undefined if there is no such one. */
  createChild(parent: WorkflowRun, workflow: string, input: string): WorkflowRun | undefined;
  /** Has `timeCame` called at that time. */
  wakeLater(wakeup: Wakeup): void;
  /** The response is durable. */
  responded(run: WorkflowRun): void;
  /** The end is durable. */
  ended(run: WorkflowRun): void;
  /** The guest left memory; the run may follow it. */
  leftMemory(run: WorkflowRun): void;
  logged(run: WorkflowRun, logs: readonly GuestLog[]): void;
  /** A text for people without the secrets that the engine was given. */
  hideSecrets(text: string): string;
  /** Counts what goes on: workflows that compute, and requests under way (or about to, both). */
  busy(what: "computing" | "requesting", change: 1 | -1): void;
  /** Something went wrong that no caller is there to hear. */
  failed(error: unknown): void;
}
