import { EngineError } from "../../errors.ts";
import { toExtensionError } from "../../host-calls/extensions/engine-refusal.ts";
import type {
  OtherWorkflows,
  Telling,
  TellingCall,
} from "../../host-calls/extensions/other-workflows.ts";
import type { StoredWorkflow, WorkflowStore } from "../../store/workflow-store.ts";
import type { Clock } from "../../time/clock.ts";
import { fromPublicId, type IdSlice } from "../../workflow/workflow-id.ts";
import type { Committer } from "../committer.ts";
import type { EngineLimits } from "../limits.ts";
import type { EndManner, WorkflowInfo } from "../types.ts";
import type { Activity } from "./activity.ts";
import { assertMessage, assertRunning, assertTakes } from "./laying-messages.ts";
import type { Waiters } from "./waiters.ts";
import type { WorkflowRun } from "./workflow-run.ts";

/** After the store could not be read. */
const askAgainMs = 1_000;

/** What it is built on. */
export interface LocalWorkflowsParts {
  readonly store: Pick<WorkflowStore, "workflow">;
  readonly ends: Waiters<WorkflowInfo>;
  readonly activity: Pick<Activity, "change">;
  readonly clock: Clock;
  readonly committer: Pick<Committer, "commit" | "together">;
  readonly limits: EngineLimits;
  /** The ids of workflows that are here; undefined: all. */
  readonly ids: IdSlice | undefined;
  withRun<Result>(id: number, action: (run: WorkflowRun) => Result): Promise<Result>;
  /** As `RunRegistry.end`. */
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

/** The call's workflow has ended, or the engine stops. */
class CallLeftError extends Error {}

/** The workflows of this engine, as others of them see them. */
export class LocalWorkflows implements OtherWorkflows {
  readonly #parts: LocalWorkflowsParts;

  constructor(parts: LocalWorkflowsParts) {
    this.#parts = parts;
  }

  async result(reader: number, id: string, signal: AbortSignal): Promise<string> {
    const number = this.#numberOf(id);
    if (number === undefined) {
      return JSON.stringify({ status: "failed", error: this.#unknown(id) });
    }
    // Waits before it looks: the end may come while the store is being read.
    const ended = this.#parts.ends.wait(number, signal, () => undefined);
    ended.catch(() => undefined);
    const now = await this.#read(number, reader, signal);
    if (now?.status !== "running") {
      return this.#resultOf(id, now);
    }
    await ended;
    return this.#resultOf(id, await this.#read(number, reader, signal));
  }

  async tell(from: number, id: string, telling: Telling, call: TellingCall): Promise<void> {
    const number = this.#numberOf(id);
    try {
      if (number === undefined) {
        throw new EngineError("WORKFLOW_NOT_FOUND", this.#unknown(id).message);
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

  async #send(
    from: number,
    number: number,
    message: Extract<Telling, { kind: "message" }>,
    call: TellingCall,
  ): Promise<void> {
    const { committer, failed, limits, withRun } = this.#parts;
    assertMessage(message, limits);
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

  /** The number of a workflow that may be here. */
  #numberOf(id: string): number | undefined {
    const { ids } = this.#parts;
    const number = fromPublicId(id);
    const isHere = ids === undefined || number === undefined || number % ids.count === ids.index;
    return isHere ? number : undefined;
  }

  /** What is told of a workflow that is not here. */
  #unknown(id: string): UnknownWorkflow {
    const code = "WORKFLOW_NOT_FOUND";
    const isElsewhere = this.#numberOf(id) === undefined && fromPublicId(id) !== undefined;
    const message = isElsewhere
      ? `Workflow ${id} is in another partition of the cluster: a workflow reaches those of its own only, as its children are.`
      : `There is no workflow ${id.slice(0, 100)}.`;
    return { code, name: code, message };
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
