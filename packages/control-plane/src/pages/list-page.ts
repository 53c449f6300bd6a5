import {
  count,
  emptyRow,
  type Html,
  html,
  renderPage,
  sendHtml,
  sum,
  tableHead,
} from "@flawless-ts/http-service/pages";
import type { FastifyReply } from "@flawless-ts/http-service/fastify";
import { systemClock } from "../clock.ts";
import type { Queue } from "../queue/queue.ts";
import { site } from "./site.ts";
import { jobColumns, jobRow } from "./job-rows.ts";
import { type JobSummary, summarize } from "./job-summary.ts";

const maxJobs = 200;

/** Sends the page that lists the newest jobs. */
export async function sendListPage(
  reply: FastifyReply,
  queue: Queue,
  flawlessUrl: string | null,
): Promise<FastifyReply> {
  const [jobs, counts] = await Promise.all([newestJobs(queue), queue.counts()]);
  return sendHtml(reply, listPage(jobs, sum(counts), flawlessUrl, systemClock.now()));
}

/** Sends the list alone, for insertion into another page, as mvm-ci's own page requests it. */
export async function sendListFragment(reply: FastifyReply, queue: Queue): Promise<FastifyReply> {
  return sendHtml(reply, jobTable(await newestJobs(queue), null));
}

async function newestJobs(queue: Queue): Promise<readonly JobSummary[]> {
  return (await queue.newestJobs(maxJobs)).map(summarize);
}

/** A page with a table of the current jobs; `all` is the total number. */
function listPage(
  jobs: readonly JobSummary[],
  all: number,
  flawlessUrl: string | null,
  now: number,
): Html {
  const shown =
    all > jobs.length
      ? `The newest ${count(jobs.length)} of ${count(all)}.`
      : `${count(all)} in all.`;
  return renderPage(
    {
      title: "Jobs",
      path: "/list",
      now,
      events: null,
      header: html`<h1>Jobs</h1>
        <p>${shown} The <a href="/">dashboard</a> shows how they go, and takes new ones.</p>`,
      main: html`<section>${jobTable(jobs, flawlessUrl)}</section>`,
    },
    site,
  );
}

/** The current jobs. */
export function jobTable(jobs: readonly JobSummary[], flawlessUrl: string | null): Html {
  const rows =
    jobs.length === 0
      ? [emptyRow(jobColumns.length, "No jobs yet.")]
      : jobs.map((job) => jobRow(job, flawlessUrl));
  return html`<table role="table" aria-label="Jobs" class="jobs">
    ${tableHead(jobColumns)}
    <tbody role="rowgroup">
      ${rows}
    </tbody>
  </table>`;
}
