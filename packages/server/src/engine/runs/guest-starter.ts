import { EngineError } from "../../errors.ts";
import {
  type ExecutorPool,
  type GuestHandle,
  type GuestListener,
  NoThreadError,
} from "../../executor/executor-pool.ts";
import type { GuestSettings } from "../../executor/messages.ts";
import type { WorkflowStore } from "../../store/workflow-store.ts";
import type { Clock } from "../../time/clock.ts";
import { toPublicId } from "../../workflow/workflow-id.ts";
import type { Committer } from "../committer.ts";
import type { EngineLimits } from "../limits.ts";
import { moduleKey, type Modules } from "../modules/index.ts";
import type { WorkflowRecord } from "./workflow-record.ts";

/** The guest can't be started, for a reason that has nothing to do with its workflow and may pass. */
export class TemporaryStartError extends Error {
  override readonly name: string = "TemporaryStartError";
}

/** What {@link GuestStarter} needs. */
export interface GuestStarterParts {
  readonly store: WorkflowStore;
  readonly committer: Committer;
  readonly clock: Clock;
  readonly limits: EngineLimits;
  readonly modules: Modules;
  readonly executors: ExecutorPool;
  readonly guestSettings: GuestSettings;
}

/** Starts the guests of one engine in the threads of a pool, which other engines may share. */
export class GuestStarter {
  readonly #parts: GuestStarterParts;
  readonly #engineNumber: number;

  constructor(parts: GuestStarterParts) {
    this.#parts = parts;
    this.#engineNumber = parts.executors.registerEngine();
  }

  /**
   * The journal that a guest is rebuilt from; empty for a new one.
   * @throws TemporaryStartError
   */
  async readJournal(record: WorkflowRecord): Promise<readonly string[]> {
    if (record.isUntouched) {
      return [];
    }
    try {
      // The journal doesn't need to know that the workflow runs again: a crash would wake it again.
      if (record.mayLackLines) {
        await this.#parts.committer.commit(record);
      }
      const journal = await this.#parts.store.lines(record.id);
      record.readFrom(journal);
      return journal;
    } catch (error) {
      throw temporary(error);
    }
  }

  /**
   * Starts a guest in a thread, or rebuilds it from its journal.
   * @param callerPresent whether someone waits for its response; called once its module has been compiled
   * @throws TemporaryStartError
   */
  async start(
    record: WorkflowRecord,
    journal: readonly string[],
    callerPresent: () => boolean,
    listener: GuestListener,
  ): Promise<GuestHandle> {
    const { clock, executors, guestSettings, limits, modules } = this.#parts;
    const { workflow, moduleHash, input } = record.workflow;
    try {
      const module = await modules.compiled(moduleHash);
      const start = {
        workflowId: record.id,
        run: record.state.run,
        publicId: toPublicId(record.id),
        workflow,
        input,
        moduleKey: moduleKey(moduleHash, limits),
        journal,
        callerPresent: callerPresent(),
        now: clock.now(),
      };
      return executors.start(this.#engineNumber, guestSettings, module, start, listener);
    } catch (error) {
      throw mayPass(error) ? temporary(error) : error;
    }
  }

  /** Makes the threads forget this engine. */
  stop(): void {
    this.#parts.executors.forgetEngine(this.#engineNumber);
  }
}

/** Whether the workflow is not to blame: its module can't be read, or the system gives no thread. */
function mayPass(error: unknown): boolean {
  return (
    error instanceof NoThreadError ||
    (error instanceof EngineError && error.code === "JOURNAL_DAMAGED")
  );
}

function temporary(cause: unknown): TemporaryStartError {
  return new TemporaryStartError(cause instanceof Error ? cause.message : String(cause), { cause });
}
