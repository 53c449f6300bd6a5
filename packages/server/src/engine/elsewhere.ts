import type { Telling } from "../host-calls/extensions/other-workflows.ts";
import type { StoredWorkflow, StoredWorkflowFilter } from "../store/workflow-store.ts";

/** Identifies a step of a workflow. Later steps have a higher run, or a higher number in the same run. */
export interface WorkflowStep {
  readonly workflow: number;
  readonly run: number;
  readonly step: number;
}

/** A child that is started in the partition that its idempotency key names. */
export interface FarChild extends Pick<
  StoredWorkflow,
  "module" | "version" | "moduleHash" | "workflow" | "input" | "labels" | "bound"
> {
  readonly idempotencyKey: string;
  readonly parent: { readonly id: number; readonly root: number; readonly depth: number };
}

/** What another partition has to do. */
export type ErrandWork =
  | { readonly kind: "tell"; readonly to: number; readonly telling: Telling }
  | { readonly kind: "start"; readonly child: FarChild };

/** Something that another partition has to do once, however often it is requested. */
export interface Errand {
  /** The step that requests it; null if it may be done twice. */
  readonly by: WorkflowStep | null;
  readonly work: ErrandWork;
}

/** The outcome of an errand. */
export type ErrandAnswer =
  | {
      readonly kind: "done";
      /** The number of the workflow concerned. */
      readonly workflow: number;
      /** False if nothing had to change. */
      readonly changed: boolean;
    }
  | {
      readonly kind: "refused";
      readonly statusCode: number;
      readonly code: string;
      readonly message: string;
    };

/** The other partitions of a cluster, as an engine that runs one of them needs them. */
export interface Elsewhere {
  /** The partition in which workflows with this idempotency key are started. */
  partitionOfKey(key: string): number;
  /** The workflow of a key that is not in the partition that the key names, because it was copied here. */
  movedWorkflow(key: string): Promise<StoredWorkflow | undefined>;
  /**
   * Has a partition do an errand. Retries, because a partition may have no owner for a while.
   * @throws the signal's reason, or an error if the engine stops; the errand may have been done, or may still be done
   */
  send(partition: number, errand: Errand, signal?: AbortSignal): Promise<ErrandAnswer>;
  /**
   * Waits for a workflow's end.
   * @param reader the workflow that is told how it ended
   * @returns undefined if there is no such workflow
   * @throws the signal's reason
   */
  ended(id: number, reader: number, signal: AbortSignal): Promise<StoredWorkflow | undefined>;
  /** Whether a workflow is running. */
  runs(id: number): Promise<boolean>;
  /** The durable workflows of all partitions, like `WorkflowStore.ids`. */
  ids(filter: StoredWorkflowFilter): Promise<readonly number[]>;
}

/** Whether the first step came after the second one, in the same workflow. */
export function isLater(
  one: Pick<WorkflowStep, "run" | "step">,
  other: Pick<WorkflowStep, "run" | "step">,
): boolean {
  return one.run === other.run ? one.step > other.step : one.run > other.run;
}
