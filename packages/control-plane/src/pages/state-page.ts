import { count, type Html, html, renderPage } from "@flawless-ts/http-service/pages";
import type { Queue } from "../queue/queue.ts";
import type { JobStatus } from "../queue/types.ts";
import { jobStates } from "./job-rows.ts";
import { summarize } from "./job-summary.ts";
import { jobTable } from "./list-page.ts";
import { site } from "./site.ts";

const pageSize = 100;

/** The URL of the page with all jobs of a state. */
export function statePath(status: JobStatus): string {
  return `/dashboard/state/${status}`;
}

/**
 * The jobs that are in a state now, oldest first.
 *
 * @param after the sequence number that the page begins after; 0 for the first page
 */
export async function statePage(
  queue: Pick<Queue, "jobs">,
  status: JobStatus,
  after: number,
  flawlessUrl: string | null,
  now: number,
): Promise<Html> {
  const found = await queue.jobs({ status, after, limit: pageSize + 1 });
  const jobs = found.slice(0, pageSize);
  const last = jobs.at(-1)?.sequence ?? 0;
  const path = statePath(status);
  const later =
    found.length > jobs.length
      ? html`<a href="${path}?after=${last}" rel="next">Later ones</a>`
      : null;
  const { text } = jobStates[status];
  return renderPage(
    {
      title: `Jobs: ${text}`,
      path,
      now,
      events: null,
      header: html`<h1>Jobs: ${text}</h1>
        <p>
          ${count(jobs.length)} on this page, the oldest first. The <a href="/">dashboard</a> shows
          all states.
        </p>`,
      main: html`<section>
        ${jobTable(jobs.map(summarize), flawlessUrl)}
        <p>${after > 0 ? html`<a href="${path}">First ones</a>` : null} ${later}</p>
      </section>`,
    },
    site,
  );
}
