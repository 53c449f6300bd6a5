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

/** The columns of a job table. */
export const jobColumns: readonly string[] = [
  "Job",
  "State",
  "Progress",
  "Task",
  "Worker",
  "Changed",
];

/** How to display a state. */
export const jobStates: Readonly<
  Record<JobStatus, { readonly text: string; readonly tone: Tone }>
> = {
  Pending: { text: "Pending", tone: "quiet" },
  Claimed: { text: "Claimed", tone: "warning" },
  InProgress: { text: "In progress", tone: "active" },
  Completed: { text: "Completed", tone: "good" },
  Failed: { text: "Failed", tone: "bad" },
};

/** The key of a job's row. */
export function jobKey({ sequence }: JobSummary): string {
  return `job-${sequence}`;
}

/** The URL of a job's page. */
export function jobPath(id: string): string {
  return `/dashboard/job/${encodeURIComponent(id)}`;
}

/**
 * The page on which a Flawless server lists the workflows of a job, which workers label (`@flawless-ts/sdk`). Null if there is
 * no link, as when the server is reached by a ticket.
 */
export function workflowsAddress(flawlessUrl: string | null, jobId: string): string | null {
  if (flawlessUrl === null || !/^https?:\/\//.test(flawlessUrl) || !URL.canParse(flawlessUrl)) {
    return null;
  }
  const address = new URL("/", flawlessUrl);
  address.search = new URLSearchParams({ label: `control-plane:job=${jobId}` }).toString();
  return address.href;
}

/**
 * A job as a row of a table with {@link jobColumns}.
 *
 * @param flawlessUrl the server whose workflows run the jobs; null if unknown
 */
export function jobRow(job: JobSummary, flawlessUrl: string | null): Html {
  const { text, tone } = jobStates[job.status];
  const retries = job.retries === 1 ? "1 retry" : `${job.retries} retries`;
  return html`<tr data-key="${jobKey(job)}" role="row" class="job">
    <th scope="row" role="rowheader">
      <a href="${jobPath(job.id)}">${job.id}</a> ${workflowLink(job, flawlessUrl)}
    </th>
    ${cell("State", html`${badge(text, tone)}${job.retries === 0 ? null : html` <small>${retries}</small>`}`)}
    ${cell("Progress", progress(job))}
    ${cell("Task", html`<span class="subject">${job.subject}</span>${job.error === null ? null : html`<span class="reason">${job.error}</span>`}`)}
    ${cell("Worker", job.worker ?? html`<span class="none">none</span>`)}
    ${cell("Changed", time(job.changedAt))}
  </tr>`;
}

/** None if no worker has had it yet. */
function workflowLink({ id, status }: JobSummary, flawlessUrl: string | null): Html | null {
  const address = status === "Pending" ? null : workflowsAddress(flawlessUrl, id);
  return address === null
    ? null
    : html`<small><a href="${address}" aria-label="Workflow of ${id}">workflow</a></small>`;
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
