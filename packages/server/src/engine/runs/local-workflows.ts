import { EngineError } from "../../errors.ts";
import { toExtensionError } from "../../host-calls/extensions/engine-refusal.ts";
import type {
  LeavingCall,
  OtherWorkflows,
  Telling,
  TellingCall,
} from "../../host-calls/extensions/other-workflows.ts";
import type { StoredWorkflow, WorkflowStore } from "../../store/workflow-store.ts";
import type { Clock } from "../../time/clock.ts";
import { fromPublicId, type IdSlice } from "../../workflow/workflow-id.ts";
import type { Committer } from "../committer.ts";
import type { Elsewhere } from "../elsewhere.ts";
import type { EngineLimits } from "../limits.ts";
import type { EndManner, WorkflowInfo } from "../types.ts";
import type { Activity } from "./activity.ts";
import { askElsewhere, called, refusalOf } from "./calls-elsewhere.ts";
import type { Errands } from "./errands.ts";
import { assertMessage, assertRunning, assertTakes } from "./laying-messages.ts";
import type { Waiters } from "./waiters.ts";
import type { WorkflowRun } from "./workflow-run.ts";

/** The delay after the store could not be read. */
const askAgainMs = 1_000;

/** What {@link LocalWorkflows} needs. */
export interface LocalWorkflowsParts {
  readonly store: Pick<WorkflowStore, "workflow">;
  readonly ends: Waiters<WorkflowInfo>;
  readonly activity: Pick<Activity, "change">;
  readonly clock: Clock;
  readonly committer: Pick<Committer, "commit" | "together">;
  readonly limits: EngineLimits;
  /** The ids of workflows in this partition; undefined: all. */
  readonly ids: IdSlice | undefined;
  /** How to reach the other partitions; undefined: there are none. */
  readonly elsewhere: Elsewhere | undefined;
  readonly errands: Pick<Errands, "run">;
  withRun<Result>(id: number, action: (run: WorkflowRun) => Result): Promise<Result>;
  /** Like `RunRegistry.end`. */
  end(
    id: number,
    manner: EndManner,
    check: (run: WorkflowRun) => void,
    settle: () => void,
  ): Promise<unknown>;
  failed(error: unknown): void;
}

interface UnknownWorkflow {
  readonly code: string;
  readonly name: string;
  readonly message: string;
}

/** The call's workflow has ended, or the engine is stopping. */
class CallLeftError extends Error {}

/** How workflows of this engine reach each other and those of other partitions. */
export class LocalWorkflows implements OtherWorkflows {
  readonly #parts: LocalWorkflowsParts;

  constructor(parts: LocalWorkflowsParts) {
    this.#parts = parts;
  }

  async result(reader: number, id: string, signal: AbortSignal): Promise<string> {
    const number = fromPublicId(id);
    const { elsewhere } = this.#parts;
    if (number === undefined) {
      return JSON.stringify({ status: "failed", error: this.#unknown(id) });
    }
    if (!this.#isHere(number) && elsewhere !== undefined) {
      return this.#resultOf(id, await elsewhere.ended(number, reader, signal));
    }
    // Waits before it reads: the end may come while the store is being read.
    const ended = this.#parts.ends.wait(number, signal, () => undefined);
    ended.catch(() => undefined);
    const now = await this.#read(number, reader, signal);
    if (now?.status !== "running") {
      return this.#resultOf(id, now);
    }
    await ended;
    return this.#resultOf(id, await this.#read(number, reader, signal));
  }

  async tell(
    from: number,
    id: string,
    telling: Telling,
    call: TellingCall & LeavingCall,
  ): Promise<void> {
    const number = fromPublicId(id);
    const { elsewhere, ids, limits } = this.#parts;
    try {
      if (number === undefined) {
        throw new EngineError("WORKFLOW_NOT_FOUND", this.#unknown(id).message);
      }
      if (telling.kind === "message") {
        assertMessage(telling, limits);
      }
      if (!this.#isHere(number) && elsewhere !== undefined) {
        const partition = number % (ids?.count ?? 1);
        const errand = { partition, from, work: { kind: "tell", to: number, telling } } as const;
        askElsewhere(elsewhere, errand, call, (answer) => call.settle(refusalOf(answer)));
        return;
      }
      if (call.left !== null) {
        // It was in another partition when the call was made, and may already have been told.
        await this.#tellOnce(from, number, telling, call);
        return;
      }
      await (telling.kind === "message"
        ? this.#send(from, number, telling, call)
        : this.#end(number, telling.kind, call));
    } catch (error) {
      if (error instanceof CallLeftError) {
        return;
      }
      const refusal = toExtensionError(error);
      if (refusal === undefined) {
        throw error;
      }
      if (call.isOpen()) {
        call.settle(refusal);
      }
    }
  }

  async #tellOnce(
    from: number,
    to: number,
    telling: Telling,
    call: TellingCall & LeavingCall,
  ): Promise<void> {
    const by = { workflow: from, ...(await call.leave(called)) };
    const answer = await this.#parts.errands.run({ by, work: { kind: "tell", to, telling } });
    if (call.isOpen()) {
      call.settle(refusalOf(answer));
    }
  }

  async #send(
    from: number,
    number: number,
    message: Extract<Telling, { kind: "message" }>,
    call: TellingCall,
  ): Promise<void> {
    const { committer, failed, limits, withRun } = this.#parts;
    await withRun(number, (run) => {
      assertOpen(call);
      assertTakes(run, message, limits);
      committer.together(() => {
        run.receive(message.type, message.data, { from });
        committer.commit(run.record).catch(failed);
        call.settle();
      });
    });
  }

  async #end(number: number, manner: EndManner, call: TellingCall): Promise<void> {
    const check = (run: WorkflowRun): void => {
      assertOpen(call);
      if (run.record.state.status !== "cancelled") {
        assertRunning(run, "be cancelled");
      }
    };
    await this.#parts.end(number, manner, check, () => call.settle());
  }

  /** Whether the workflow with this number is in this partition, if it exists. */
  #isHere(number: number): boolean {
    const { ids } = this.#parts;
    return ids === undefined || number % ids.count === ids.index;
  }

  /** The error for a workflow that does not exist. */
  #unknown(id: string): UnknownWorkflow {
    const code = "WORKFLOW_NOT_FOUND";
    return { code, name: code, message: `There is no workflow ${id.slice(0, 100)}.` };
  }

  #resultOf(id: string, workflow: StoredWorkflow | undefined): string {
    switch (workflow?.status) {
      case "completed":
        return `{"status":"completed","response":${workflow.response ?? "null"}}`;
      case "cancelled":
        return '{"status":"cancelled"}';
      default: {
        if (workflow?.failure == null) {
          return JSON.stringify({ status: "failed", error: this.#unknown(id) });
        }
        const { code, message, thrown } = workflow.failure;
        return JSON.stringify({
          status: "failed",
          error: { code, name: code, message, ...thrown },
        });
      }
    }
  }

  async #read(
    number: number,
    reader: number,
    signal: AbortSignal,
  ): Promise<StoredWorkflow | undefined> {
    const { activity, clock, failed, store } = this.#parts;
    for (;;) {
      signal.throwIfAborted();
      activity.change("computing", 1);
      try {
        return await store.workflow(number, reader);
      } catch (error) {
        failed(error);
      } finally {
        activity.change("computing", -1);
      }
      await new Promise<void>((resolve) => clock.setTimer(clock.now() + askAgainMs, resolve));
    }
  }
}

function assertOpen(call: TellingCall): void {
  if (!call.isOpen()) {
    throw new CallLeftError();
  }
}
