import { decodeHostCall } from "@flawless-ts/wasm-module";
import type { WorkflowHistory } from "@flawless-ts/sdk";

/** The coverage of one workflow. */
export interface WorkflowCoverage {
  readonly module: string;
  readonly version: string;
  readonly workflow: string;
  /** The number of its starts; 0 if it was deployed but never started. */
  readonly runs: number;
  /** The number of its host calls, by site: "Sleep", "POST http://shop.example/orders", ... */
  readonly calls: ReadonlyMap<string, number>;
}

/** What ran in environments, by module and workflow. */
export type StepCoverage = readonly WorkflowCoverage[];

interface Counts {
  runs: number;
  readonly calls: Map<string, number>;
}

const counted = new Map<string, Counts>();

/** What has run so far in all environments of this process that are closed. */
export function stepCoverage(): StepCoverage {
  return [...counted]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, { runs, calls }]) => {
      const [module = "", version = "", workflow = ""] = key.split("\n");
      return { module, version, workflow, runs, calls: new Map(calls) };
    });
}

/** Resets the counts. */
export function resetStepCoverage(): void {
  counted.clear();
}

/** A table with a line for each workflow and its host calls. */
export function formatStepCoverage(coverage: StepCoverage): string {
  const rows = coverage.map(({ module, version, workflow, runs, calls }) => {
    const sites = [...calls].map(([site, count]) => (count === 1 ? site : `${site} ×${count}`));
    return [`${module} ${version}`, workflow, String(runs), sites.join(", ") || "-"] as const;
  });
  const head = ["module", "workflow", "runs", "host calls"] as const;
  const all = [head, ...rows];
  const width = (column: number): number => Math.max(...all.map((row) => row[column]?.length ?? 0));
  return all
    .map((row) =>
      row.map((cell, column) => cell.padEnd(column === 3 ? 0 : width(column))).join("  "),
    )
    .join("\n");
}

/** @internal */
export function noteModule(module: string, version: string, workflows: readonly string[]): void {
  for (const workflow of workflows) {
    countsOf(module, version, workflow);
  }
}

/** @internal */
export function noteHistory(history: WorkflowHistory): void {
  const counts = countsOf(history.module, history.version, history.workflow);
  counts.runs += 1;
  for (const { call } of history.steps) {
    const site = siteOf(call);
    if (site !== undefined) {
      counts.calls.set(site, (counts.calls.get(site) ?? 0) + 1);
    }
  }
}

function countsOf(module: string, version: string, workflow: string): Counts {
  const key = `${module}\n${version}\n${workflow}`;
  const counts = counted.get(key) ?? { runs: 0, calls: new Map() };
  counted.set(key, counts);
  return counts;
}

/** Identifies a place in a workflow, as far as a host call reveals it. */
function siteOf(json: string): string | undefined {
  const call = decodeHostCall(json);
  switch (call.kind) {
    case "GetInput":
      return undefined;
    case "HTTPRequest":
      // Without the query, which is usually data, not part of the place.
      return `${call.request.method} ${call.request.url.split("?")[0]}`;
    case "RecvMessage":
      return `RecvMessage ${call.types.join("|")}${call.timeout === null ? "" : " with time-out"}`;
    case "StartWorkflow":
      return `StartWorkflow ${call.workflow}`;
    case "GetSecret":
      return `GetSecret ${call.name}`;
    case "Log":
      return `Log ${call.level}`;
    case "Random":
      return `Random ${call.type}`;
    default:
      return call.kind;
  }
}
