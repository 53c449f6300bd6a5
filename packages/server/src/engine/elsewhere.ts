import type { Telling } from "../host-calls/extensions/other-workflows.ts";
import type { StoredWorkflow, StoredWorkflowFilter } from "../store/workflow-store.ts";

/** A step of a workflow, which no other step of it has: later ones have a higher run, or a higher number in the same run. */
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

/** What is to be done in another partition. */
export type ErrandWork =
  | { readonly kind: "tell"; readonly to: number; readonly telling: Telling }
  | { readonly kind: "start"; readonly child: FarChild };

/** Something that is to be done in another partition, once, however often it is asked for. */
export interface Errand {
  /** The step that asks for it; null for what may be done twice. */
  readonly by: WorkflowStep | null;
  readonly work: ErrandWork;
}

/** What came of it. */
export type ErrandAnswer =
  | {
      readonly kind: "done";
      /** The number of the workflow that it was about. */
      readonly workflow: number;
      /** False where it was so before. */
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
  /** The partition in which workflows are started by this idempotency key. */
  partitionOfKey(key: string): number;
  /** The workflow of a key that is not in the partition that the key names, as it was copied here. */
  movedWorkflow(key: string): Promise<StoredWorkflow | undefined>;
  /**
   * Has an errand done in a partition. It goes on trying: a partition may have no owner for a while.
   * @throws the signal's reason, or an error where the engine stops; it may be done, or be done yet
   */
  send(partition: number, errand: Errand, signal?: AbortSignal): Promise<ErrandAnswer>;
  /**
   * Waits for a workflow's end.
   * @param reader the workflow that is told how it ended
   * @returns undefined where there is no such workflow
   * @throws the signal's reason
   */
  ended(id: number, reader: number, signal: AbortSignal): Promise<StoredWorkflow | undefined>;
  /** Whether a workflow runs. */
  runs(id: number): Promise<boolean>;
  /** Those of all partitions that are durable, as `WorkflowStore.ids`. */
  ids(filter: StoredWorkflowFilter): Promise<readonly number[]>;
}

/** Whether the first step came after the second one, of the same workflow. */
export function isLater(
  one: Pick<WorkflowStep, "run" | "step">,
  other: Pick<WorkflowStep, "run" | "step">,
): boolean {
  return one.run === other.run ? one.step > other.step : one.run > other.run;
}
