import { setTimeout as sleep } from "node:timers/promises";
import { EngineError } from "../errors.ts";
import type { KnownRuns } from "../engine/index.ts";
import type { StoredWorkflow } from "../store/workflow-store.ts";
import { toPublicId } from "../workflow/workflow-id.ts";
import type { ClusterReader } from "./cluster-reader.ts";

/** How soon, and how seldom at last, the database is asked again whether something has happened, in milliseconds. */
const firstPauseMs = 50;
const maxPauseMs = 1_000;

/** What the databases tell of workflows, whichever node runs them. What has to be waited for is asked for again and again. */
export class DurableRuns implements KnownRuns {
  readonly #reader: ClusterReader;
  readonly committer: KnownRuns["committer"];
  readonly ends: KnownRuns["ends"] = {
    wait: (id, signal) => this.#until(id, signal, ({ status }) => status !== "running"),
  };

  /** @param save makes durable what this node knows already */
  constructor(reader: ClusterReader, save: () => Promise<void>) {
    this.#reader = reader;
    this.committer = { writeFailure: null, flush: save };
  }

  async stored(id: number): Promise<StoredWorkflow> {
    const stored = await this.#reader.workflow(id);
    if (stored === undefined) {
      throw new EngineError("WORKFLOW_NOT_FOUND", `There is no workflow ${toPublicId(id)}.`);
    }
    return stored;
  }

  /** @returns the workflow, once it has responded or ended */
  callerWaits(id: number, signal: AbortSignal): Promise<StoredWorkflow> {
    const isOver = ({ response, status }: StoredWorkflow): boolean =>
      response !== null || status !== "running";
    return this.#until(id, signal, isOver);
  }

  async #until(
    id: number,
    signal: AbortSignal,
    happened: (workflow: StoredWorkflow) => boolean,
  ): Promise<StoredWorkflow> {
    for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 1.5, maxPauseMs)) {
      const workflow = await this.stored(id).catch((error: unknown) => {
        // A database that is away for a moment is what this waiting is for.
        if (error instanceof EngineError && error.code === "JOURNAL_UNAVAILABLE") {
          return undefined;
        }
        throw error;
      });
      if (workflow !== undefined && happened(workflow)) {
        return workflow;
      }
      await sleep(pauseMs, undefined, { signal }).catch(() => {
        throw signal.reason as Error;
      });
    }
  }
}
