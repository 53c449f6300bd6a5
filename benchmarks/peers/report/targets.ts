import type { EngineId } from "../engine.ts";
import type { EngineResult, Results } from "../results.ts";
import { type WorkflowName, workflows } from "../workflows.ts";
import { cellOf, engineOf, spreadOf } from "./figures.ts";

/** A target for a ratio between this engine and a peer, and the result. */
export interface Target {
  readonly what: string;
  /** `least`: the ratio must be at least that; `most`: at most. */
  readonly bound: "least" | "most";
  readonly ratio: number;
  /** Undefined if the peer, or the figure, is missing. */
  readonly measured: number | undefined;
  readonly met: boolean | undefined;
}

type Figure = (engine: EngineResult) => number | undefined;

type ThroughputTarget = readonly [EngineId, string, number];

const targetWorkflows: readonly WorkflowName[] = ["noop", "ten_steps"];
/** For all workflows except `10 activities`, in addition to {@link restateTargets}. */
const throughputTargets: readonly ThroughputTarget[] = [
  ["dbos", "DBOS", 3],
  ["temporal", "Temporal's dev server", 30],
  ["temporal-memory", "Temporal's dev server in memory", 30],
];
/** Throughput as a multiple of Restate's. */
const restateTargets: Readonly<Partial<Record<WorkflowName, number>>> = {
  noop: 6,
  ten_steps: 20,
  ten_requests: 4,
};
/** For `10 activities`: the peers' steps run in the workflow's process, but activities run in another one. */
const activityTargets: readonly ThroughputTarget[] = [
  ["restate", "Restate", 2],
  ["dbos", "DBOS", 3],
];

/** The targets, each with the ratio of the medians. */
export function targetsOf(results: Results): readonly Target[] {
  const ratio = (peer: EngineId, figure: Figure): number | undefined => {
    const [ours, theirs] = [engineOf(results, "flawless"), engineOf(results, peer)];
    const [mine, other] = [ours && figure(ours), theirs && figure(theirs)];
    // A peer that responded to nobody in time has a throughput of 0, and the ratio is infinite.
    return mine === undefined || other === undefined || mine === 0 ? undefined : mine / other;
  };
  const target = (
    what: string,
    bound: Target["bound"],
    wanted: number,
    measured: number | undefined,
  ): Target => ({
    what,
    bound,
    ratio: wanted,
    measured,
    met:
      measured === undefined
        ? undefined
        : bound === "least"
          ? measured >= wanted
          : measured <= wanted,
  });
  const throughput = (workflow: WorkflowName, targets: readonly ThroughputTarget[]): Target[] =>
    targets.map(([peer, name, wanted]) =>
      target(
        `${titleOf(workflow)}, workflows/s at 64 callers, to ${name}`,
        "least",
        wanted,
        ratio(peer, (engine) => cellOf(engine, workflow, 64)?.perSecond.median),
      ),
    );
  return [
    ...Object.entries(restateTargets).flatMap(([workflow, wanted]) =>
      throughput(workflow as WorkflowName, [["restate", "Restate", wanted]]),
    ),
    ...targetWorkflows.flatMap((workflow) => throughput(workflow, throughputTargets)),
    ...throughput("ten_activities", activityTargets),
    ...targetWorkflows.map((workflow) =>
      target(
        `${titleOf(workflow)}, p50 at one caller, to Restate`,
        "most",
        0.5,
        ratio("restate", (engine) => cellOf(engine, workflow, 1)?.p50Ms.median),
      ),
    ),
    target(
      "time to ready, to Restate",
      "most",
      0.5,
      ratio("restate", ({ readyMs }) => spreadOf(readyMs)?.median),
    ),
    target(
      "resident memory idle, to Restate",
      "most",
      1,
      ratio(
        "restate",
        ({ idleMemory }) => spreadOf(idleMemory.map(({ resident }) => resident))?.median,
      ),
    ),
  ];
}

export function titleOf(workflow: WorkflowName): string {
  return workflows.find(({ name }) => name === workflow)?.title ?? workflow;
}
