import {
  badge,
  count,
  emptyRow,
  type Html,
  html,
  type Regions,
  rowsOr,
  single,
  sum,
  type Tone,
} from "@flawless-ts/http-service/pages";
import type { FlawlessState } from "../flawless/flawless-link.ts";
import { type JobStatus, jobStatuses } from "../queue/types.ts";
import { jobColumns, jobKey, jobRow, jobStates } from "./job-rows.ts";
import type { Snapshot } from "./snapshot.ts";
import { statePath } from "./state-page.ts";
import { workerColumns, workerKey, workerRow, workerSummary } from "./worker-rows.ts";

/** The regions of the dashboard that change while it is open. */
export type RegionName =
  | "flawless"
  | "counts"
  | "job-summary"
  | "jobs"
  | "worker-summary"
  | "workers";

/** All regions of the dashboard. */
export type DashboardRegions = Regions<RegionName>;

/** Renders the dashboard. The same snapshot gives the same text, so that changes can be detected. */
export function renderRegions(
  snapshot: Snapshot,
  flawless: FlawlessState | null,
): DashboardRegions {
  const { counts, jobs, workers } = snapshot;
  return {
    flawless: single(flawlessLine(flawless)),
    counts: new Map(jobStatuses.map((status) => [status, tile(status, counts[status])])),
    "job-summary": single(html`<span data-key="one">${jobSummary(snapshot)}</span>`),
    jobs: rowsOr(
      new Map(jobs.map((job) => [jobKey(job), jobRow(job, flawless?.url ?? null)])),
      emptyRow(jobColumns.length, "No jobs yet. Add the first one above."),
    ),
    "worker-summary": single(
      html`<span data-key="one">${workerSummary(snapshot.workerCounts, workers.length)}</span>`,
    ),
    workers: rowsOr(
      new Map(workers.map((worker) => [workerKey(worker), workerRow(worker)])),
      emptyRow(
        workerColumns.length,
        "No worker has registered. Start one with `control-plane worker`.",
      ),
    ),
  };
}

function jobSummary({ counts, jobs }: Snapshot): string {
  const all = sum(counts);
  return all > jobs.length
    ? `${count(jobs.length)} of ${count(all)}: those that run, and the latest`
    : `${count(all)} in all`;
}

function tile(status: JobStatus, jobs: number): Html {
  const { text, tone } = jobStates[status];
  const emphasis = jobs === 0 ? "zero" : tone;
  return html`<div data-key="${status}" class="tile ${emphasis}">
    <dt><a href="${statePath(status)}">${text}</a></dt>
    <dd>${count(jobs)}</dd>
  </div>`;
}

const flawlessStates: Readonly<
  Record<FlawlessState["status"], { readonly text: string; readonly tone: Tone }>
> = {
  waiting: { text: "Not reached yet", tone: "warning" },
  deploying: { text: "Deploying modules", tone: "warning" },
  ready: { text: "Ready", tone: "good" },
  unreachable: { text: "Unreachable", tone: "bad" },
  refused: { text: "Refused a module", tone: "bad" },
};

function flawlessLine(state: FlawlessState | null): Html {
  if (state === null) {
    return html`<p data-key="one">Flawless: ${badge("None here", "quiet")}</p>`;
  }
  const { text, tone } = flawlessStates[state.status];
  const more = state.status === "ready" ? state.modules.join(", ") : (state.reason ?? "");
  const detail = [state.url, more].filter((part) => part !== "").join(" · ");
  return html`<p data-key="one">
    Flawless: ${badge(text, tone)} <span class="detail">${detail}</span>
  </p>`;
}
