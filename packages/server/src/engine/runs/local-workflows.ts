import type { OtherWorkflows } from "../../host-calls/extensions/other-workflows.ts";
import type { StoredWorkflow, WorkflowStore } from "../../store/workflow-store.ts";
import type { Clock } from "../../time/clock.ts";
import { fromPublicId } from "../../workflow/workflow-id.ts";
import type { WorkflowInfo } from "../types.ts";
import type { Activity } from "./activity.ts";
import type { Waiters } from "./waiters.ts";

/** After the store could not be read. */
const askAgainMs = 1_000;

/** What it is built on. */
export interface LocalWorkflowsParts {
  readonly store: Pick<WorkflowStore, "workflow">;
  readonly ends: Waiters<WorkflowInfo>;
  readonly activity: Pick<Activity, "change">;
  readonly clock: Clock;
  failed(error: unknown): void;
}

/** The workflows of this engine, as others of them see them. */
export class LocalWorkflows implements OtherWorkflows {
  readonly #parts: LocalWorkflowsParts;

  constructor(parts: LocalWorkflowsParts) {
    this.#parts = parts;
  }

  async result(id: string, signal: AbortSignal): Promise<string> {
    const number = fromPublicId(id) ?? -1;
    // Waits before it looks: the end may come while the store is being read.
    const ended = this.#parts.ends.wait(number, signal, () => undefined);
    ended.catch(() => undefined);
    const now = await this.#read(number, signal);
    if (now?.status !== "running") {
      return resultOf(id, now);
    }
    await ended;
    return resultOf(id, await this.#read(number, signal));
  }

  async #read(number: number, signal: AbortSignal): Promise<StoredWorkflow | undefined> {
    const { activity, clock, failed, store } = this.#parts;
    for (;;) {
      signal.throwIfAborted();
      activity.change("computing", 1);
      try {
        return number < 0 ? undefined : await store.workflow(number);
      } catch (error) {
        failed(error);
      } finally {
        activity.change("computing", -1);
      }
      await new Promise<void>((resolve) => clock.setTimer(clock.now() + askAgainMs, resolve));
    }
  }
}

function resultOf(id: string, workflow: StoredWorkflow | undefined): string {
  switch (workflow?.status) {
    case "completed":
      return `{"status":"completed","response":${workflow.response ?? "null"}}`;
    case "cancelled":
      return '{"status":"cancelled"}';
    default: {
      const { code, message, thrown } = workflow?.failure ?? {
        code: "WORKFLOW_NOT_FOUND",
        message: `There is no workflow ${id.slice(0, 100)}.`,
      };
      return JSON.stringify({ status: "failed", error: { code, name: code, message, ...thrown } });
    }
  }
}
