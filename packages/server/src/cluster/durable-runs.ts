import { setTimeout as sleep } from "node:timers/promises";
import { EngineError } from "../errors.ts";
import type { KnownRuns } from "../engine/index.ts";
import type { StoredWorkflow } from "../store/workflow-store.ts";
import { toPublicId } from "../workflow/workflow-id.ts";
import type { ClusterReader } from "./cluster-reader.ts";

/** The first and the max pause between two polls of the database, in milliseconds. */
const firstPauseMs = 50;
const maxPauseMs = 1_000;

/** What the databases say about workflows on any node. Waits by polling. */
export class DurableRuns implements KnownRuns {
  readonly #reader: ClusterReader;
  readonly committer: KnownRuns["committer"];
  readonly ends: KnownRuns["ends"] = {
    wait: (id, signal) => this.#until(id, signal, ({ status }) => status !== "running"),
  };

  /** @param save makes durable what this node already knows */
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
        // Waits for a database that is unavailable for a moment.
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
