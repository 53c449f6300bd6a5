import {
  badge,
  cell,
  count,
  type Html,
  html,
  time,
  type Tone,
} from "@flawless-ts/http-service/pages";
import type { JobStatus } from "../queue/types.ts";
import { crawlShare } from "./crawl-share.ts";
import type { JobSummary } from "./job-summary.ts";

/** The columns of a table of jobs. */
export const jobColumns: readonly string[] = [
  "Job",
  "State",
  "Progress",
  "Task",
  "Worker",
  "Changed",
];

/** How a state is shown. */
export const jobStates: Readonly<
  Record<JobStatus, { readonly text: string; readonly tone: Tone }>
> = {
  Pending: { text: "Pending", tone: "quiet" },
  Claimed: { text: "Claimed", tone: "warning" },
  InProgress: { text: "In progress", tone: "active" },
  Completed: { text: "Completed", tone: "good" },
  Failed: { text: "Failed", tone: "bad" },
};

/** What tells a job's row from the others. */
export function jobKey({ sequence }: JobSummary): string {
  return `job-${sequence}`;
}

/** A job as a row of a table with {@link jobColumns}. */
export function jobRow(job: JobSummary): Html {
  const { text, tone } = jobStates[job.status];
  const retries = job.retries === 1 ? "1 retry" : `${job.retries} retries`;
  return html`<tr data-key="${jobKey(job)}" role="row" class="job">
    <th scope="row" role="rowheader">${job.id}</th>
    ${cell("State", html`${badge(text, tone)}${job.retries === 0 ? null : html` <small>${retries}</small>`}`)}
    ${cell("Progress", progress(job))}
    ${cell("Task", html`<span class="subject">${job.subject}</span>${job.error === null ? null : html`<span class="reason">${job.error}</span>`}`)}
    ${cell("Worker", job.worker ?? html`<span class="none">none</span>`)}
    ${cell("Changed", time(job.changedAt))}
  </tr>`;
}

function progress({ id, status, progress: report }: JobSummary): Html {
  const label = `Progress of ${id}`;
  if (report === null) {
    return status === "InProgress"
      ? html`<progress aria-label="${label}"></progress><small>no report yet</small>`
      : html`<span class="none">no report</span>`;
  }
  const { sent, expected } = crawlShare(report);
  const left = report.urlsLeft === 1 ? "1 URL left" : `${count(report.urlsLeft)} URLs left`;
  return html`<progress aria-label="${label}" max="${expected}" value="${sent}"></progress>
    <small>${count(sent)} of ${count(expected)} · ${report.status} · ${left}</small>`;
}
