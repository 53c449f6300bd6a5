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
import type { FastifyReply } from "fastify";
import { systemClock } from "../clock.ts";
import type { Queue } from "../queue/queue.ts";
import { pageAssets, pageLinks } from "./assets.ts";
import { jobColumns, jobRow } from "./job-rows.ts";
import { type JobSummary, summarize } from "./job-summary.ts";

const mostJobs = 200;

/** Answers with the page that lists the newest jobs. */
export async function sendListPage(reply: FastifyReply, queue: Queue): Promise<FastifyReply> {
  const [jobs, counts] = await Promise.all([queue.newestJobs(mostJobs), queue.counts()]);
  return sendHtml(reply, listPage(jobs.map(summarize), sum(counts), systemClock.now()));
}

/**
 * A page with a table of jobs, as it is now.
 *
 * @param all how many jobs there are
 */
export function listPage(jobs: readonly JobSummary[], all: number, now: number): Html {
  const rows =
    jobs.length === 0
      ? [emptyRow(jobColumns.length, "No jobs yet.")]
      : jobs.map((job) => jobRow(job));
  const shown =
    all > jobs.length
      ? `The newest ${count(jobs.length)} of ${count(all)}.`
      : `${count(all)} in all.`;
  return renderPage(
    {
      title: "Jobs",
      path: "/list",
      now,
      links: pageLinks,
      events: null,
      header: html`<h1 id="jobs-title">Jobs</h1>
        <p>${shown} The <a href="/">dashboard</a> shows how they go, and takes new ones.</p>`,
      main: html`<section aria-labelledby="jobs-title">
        <table role="table" aria-labelledby="jobs-title" class="jobs">
          ${tableHead(jobColumns)}
          <tbody role="rowgroup">
            ${rows}
          </tbody>
        </table>
      </section>`,
    },
    pageAssets,
  );
}
