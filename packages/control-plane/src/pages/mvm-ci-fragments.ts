import { type Html, html, sendHtml, time } from "@flawless-ts/http-service/pages";
import type { FastifyReply } from "@flawless-ts/http-service/fastify";
import type { NodeEntry } from "../node-entry.ts";
import type { Queue } from "../queue/queue.ts";
import type { Job, JobCounts } from "../queue/types.ts";
import { jobStates } from "./job-rows.ts";
import { summarize } from "./job-summary.ts";

const shownJobs = 20;
/** How many of the newest jobs to search for those that changed last. */
const consideredJobs = 200;

function stat(label: string, value: string | number): Html {
  return html`<div class="stat">
    <span class="stat-label">${label}</span> <span class="stat-value">${value}</span>
  </div>`;
}

/** What mvm-ci's page shows of the cluster. If the store can't be read, it says so, with status 503. */
export function clusterHealth(nodes: number, workers: number): Html {
  return html`<h2>Cluster Health</h2>
    ${stat(`Control plane (${nodes} ${nodes === 1 ? "node" : "nodes"})`, "Healthy")}
    ${stat("Active workers", workers)}`;
}

/** What mvm-ci's page shows of the queue. */
export function queueStats({ Pending, Claimed, InProgress, Completed, Failed }: JobCounts): Html {
  return html`<h2>Queue Statistics</h2>
    ${stat("Pending", Pending)} ${stat("Claimed", Claimed)} ${stat("In progress", InProgress)}
    ${stat("Completed", Completed)} ${stat("Failed", Failed)}`;
}

/** The nodes, which are all equal. */
export function controlPlaneNodes(nodes: readonly Pick<NodeEntry, "id" | "url">[]): Html {
  const items = nodes.map(
    ({ id, url }) =>
      html`<li class="node-item">
        <span class="node-id">${id}</span>
        <span class="detail">${url}</span>
      </li>`,
  );
  return html`<ul class="node-list">
    ${items}
  </ul>`;
}

/**
 * Sends a table of the latest jobs.
 *
 * @param sortBy `status`, `job_id`, or anything else for time, latest first.
 */
export async function sendRecentJobs(
  reply: FastifyReply,
  queue: Queue,
  sortBy?: string,
): Promise<FastifyReply> {
  const order = sortBy === "status" ? byStatus : sortBy === "job_id" ? byId : byTime;
  const jobs = await queue.newestJobs(consideredJobs);
  return sendHtml(reply, recentJobs(jobs.toSorted(order).slice(0, shownJobs)));
}

const byTime = (one: Job, other: Job): number => other.updatedAt - one.updatedAt;
const byText = (one: string, other: string): number => (one === other ? 0 : one < other ? -1 : 1);
const byStatus = (one: Job, other: Job): number =>
  byText(one.status, other.status) || byTime(one, other);
const byId = (one: Job, other: Job): number => byText(one.id, other.id);

function recentJobs(jobs: readonly Job[]): Html {
  const none = html`<tr>
    <td colspan="6">No jobs yet</td>
  </tr>`;
  return html`<table>
    <thead>
      <tr>
        <th>Job ID</th>
        <th>Status</th>
        <th>URL</th>
        <th>Duration</th>
        <th>Updated</th>
        <th>Claimed By</th>
      </tr>
    </thead>
    <tbody>
      ${jobs.length === 0 ? none : jobs.map(row)}
    </tbody>
  </table>`;
}

function row(job: Job): Html {
  const { id, status, subject, worker } = summarize(job);
  const seconds =
    job.startedAt === null ? null : Math.floor((job.updatedAt - job.startedAt) / 1_000);
  return html`<tr>
    <td>${id}</td>
    <td>${jobStates[status].text}</td>
    <td>${subject}</td>
    <td>${seconds === null ? "-" : `${seconds}s`}</td>
    <td>${time(job.updatedAt)}</td>
    <td>${worker ?? "-"}</td>
  </tr>`;
}
