import { median } from "../../report/statistics.ts";
import type { Stretch } from "../load.ts";
import type { EngineId } from "../engine.ts";
import type { EngineResult, Results } from "../results.ts";
import type { WorkflowName } from "../workflows.ts";

/** The median of all rounds, and the two extremes. */
export interface Spread {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

/** @returns undefined if nothing was measured */
export function spreadOf(values: readonly number[]): Spread | undefined {
  return values.length === 0
    ? undefined
    : { median: median(values), least: Math.min(...values), most: Math.max(...values) };
}

/** The results of all rounds for one kind of workflow at one number of callers. */
export interface CellSpread {
  readonly perSecond: Spread;
  readonly p50Ms: Spread;
  readonly p99Ms: Spread;
  /** Whether some callers got no response in any of the rounds: if so, latencies are at least these. */
  readonly cut: boolean;
}

/** @returns undefined if nothing was measured */
export function cellOf(
  { cells }: EngineResult,
  workflow: WorkflowName,
  callers: number,
): CellSpread | undefined {
  const stretches: readonly Stretch[] =
    cells.find((cell) => cell.workflow === workflow && cell.callers === callers)?.stretches ?? [];
  const perSecond = spreadOf(stretches.map(({ workflowsPerSecond }) => workflowsPerSecond));
  const p50Ms = spreadOf(stretches.map((stretch) => stretch.p50Ms));
  const p99Ms = spreadOf(stretches.map((stretch) => stretch.p99Ms));
  return perSecond === undefined || p50Ms === undefined || p99Ms === undefined
    ? undefined
    : { perSecond, p50Ms, p99Ms, cut: stretches.some(({ cut }) => cut) };
}

/** @returns undefined if the engine was not measured */
export function engineOf(results: Results, id: EngineId): EngineResult | undefined {
  return results.engines.find(({ engine }) => engine.id === id);
}
