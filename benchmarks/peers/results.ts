import type { Machine } from "../measure/machine.ts";
import type { EngineDescription, EngineId } from "./engine.ts";
import type { Stretch } from "./load.ts";
import type { Plan } from "./plan.ts";
import type { TreeMemory } from "./process-tree.ts";
import type { WorkflowName } from "./workflows.ts";

/** The results of all rounds for one kind of workflow at one number of callers. */
export interface Cell {
  readonly workflow: WorkflowName;
  readonly callers: number;
  /** One for each round. */
  readonly stretches: readonly Stretch[];
}

/** The disk space for one kind of workflow. */
export interface DiskUse {
  readonly workflow: WorkflowName;
  /** How many were run to measure it. */
  readonly count: number;
  readonly bytesPerWorkflow: number;
}

/** All results of one engine; lists have one entry for each round. */
export interface EngineResult {
  readonly engine: EngineDescription;
  /** Milliseconds from the start of the first process until the server is ready. */
  readonly readyMs: readonly number[];
  /** Milliseconds from the start of the first process until the response of the first workflow, which does nothing. */
  readonly firstResponseMs: readonly number[];
  readonly idleMemory: readonly TreeMemory[];
  readonly memoryAfterLoad: readonly TreeMemory[];
  readonly cells: readonly Cell[];
  readonly disk: readonly DiskUse[];
  /** What failed; the figures lack it. */
  readonly failures: readonly string[];
}

/** An engine that couldn't be measured. */
export interface MissingEngine {
  readonly id: EngineId;
  readonly name: string;
  readonly missing: string;
}

/** All results of one run, as stored in the results file. */
export interface Results {
  /** ISO 8601. */
  readonly date: string;
  readonly plan: Plan;
  readonly machine: Machine;
  readonly engines: readonly EngineResult[];
  readonly missing: readonly MissingEngine[];
  /** Set if `10 activities` were measured in a separate run, with all engines listed here. */
  readonly activities?: {
    /** ISO 8601. */
    readonly date: string;
    readonly rounds: number;
    /** Like that of the whole run. */
    readonly otherLoad: readonly number[];
  };
  /** Cores that processes outside of the benchmark used during load, for each of an engine's turns. */
  readonly otherLoad: readonly number[];
}
