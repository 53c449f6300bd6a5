import type { Machine } from "../measure/machine.ts";
import type { EngineDescription, EngineId } from "./engine.ts";
import type { Stretch } from "./load.ts";
import type { Plan } from "./plan.ts";
import type { TreeMemory } from "./process-tree.ts";
import type { WorkflowName } from "./workflows.ts";

/** What the rounds showed of one kind of workflow at one number of callers. */
export interface Cell {
  readonly workflow: WorkflowName;
  readonly callers: number;
  /** One for each round. */
  readonly stretches: readonly Stretch[];
}

/** What one kind of workflow takes on disk. */
export interface DiskUse {
  readonly workflow: WorkflowName;
  /** How many were run for that. */
  readonly count: number;
  readonly bytesPerWorkflow: number;
}

/** All that was measured of one engine; lists have one entry for each round. */
export interface EngineResult {
  readonly engine: EngineDescription;
  /** Milliseconds from the start of the first process until the server is ready. */
  readonly readyMs: readonly number[];
  /** Milliseconds from the start of the first process until the first do-nothing workflow is answered. */
  readonly firstResponseMs: readonly number[];
  readonly idleMemory: readonly TreeMemory[];
  readonly memoryAfterLoad: readonly TreeMemory[];
  readonly cells: readonly Cell[];
  readonly disk: readonly DiskUse[];
  /** What went wrong: figures of it are missing. */
  readonly failures: readonly string[];
}

/** An engine that could not be measured. */
export interface MissingEngine {
  readonly id: EngineId;
  readonly name: string;
  readonly missing: string;
}

/** All that one run has measured. It is what the file with the results holds. */
export interface Results {
  /** ISO 8601. */
  readonly date: string;
  readonly plan: Plan;
  readonly machine: Machine;
  readonly engines: readonly EngineResult[];
  readonly missing: readonly MissingEngine[];
  /** Where `10 activities` were measured in a run of their own, beside all engines that are told of here. */
  readonly activities?: {
    /** ISO 8601. */
    readonly date: string;
    readonly rounds: number;
    /** As that of the whole. */
    readonly otherLoad: readonly number[];
  };
  /** Cores that processes outside of the benchmark used while there was load, of each stay of an engine. */
  readonly otherLoad: readonly number[];
}
