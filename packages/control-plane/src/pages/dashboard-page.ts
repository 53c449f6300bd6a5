import {
  connectionStatus,
  type Html,
  html,
  piecesOf,
  tableHead,
} from "@flawless-ts/http-service/pages";
import { jobColumns } from "./job-rows.ts";
import type { DashboardRegions } from "./regions.ts";
import { workerColumns } from "./worker-rows.ts";

/** The sections of the dashboard that can be requested separately. */
export type SectionName = "queue" | "jobs" | "workers";

/** The top of the dashboard. */
export function dashboardHeader(nodeId: string, now: number, regions: DashboardRegions): Html {
  return html`<h1>Control plane <span class="node">${nodeId}</span></h1>
    <div data-region="flawless">${piecesOf(regions, "flawless")}</div>
    ${connectionStatus("/", now)}`;
}

/** The rest of the dashboard. */
export function dashboardMain(regions: DashboardRegions): Html {
  const sections = dashboardSections(regions);
  return html`${sections.queue} ${addJobForm} ${sections.jobs} ${sections.workers}`;
}

/** The individual sections. */
export function dashboardSections(regions: DashboardRegions): Readonly<Record<SectionName, Html>> {
  return {
    queue: html`<section aria-labelledby="queue-title">
      <h2 id="queue-title">Queue</h2>
      <dl class="tiles" data-region="counts">${piecesOf(regions, "counts")}</dl>
    </section>`,
    jobs: html`<section aria-labelledby="jobs-title">
      <div class="heading">
        <h2 id="jobs-title">Jobs</h2>
        <p data-region="job-summary">${piecesOf(regions, "job-summary")}</p>
      </div>
      <table role="table" aria-labelledby="jobs-title" class="jobs">
        ${tableHead(jobColumns)}
        <tbody role="rowgroup" data-region="jobs">
          ${piecesOf(regions, "jobs")}
        </tbody>
      </table>
    </section>`,
    workers: html`<section aria-labelledby="workers-title">
      <div class="heading">
        <h2 id="workers-title">Workers</h2>
        <p data-region="worker-summary">${piecesOf(regions, "worker-summary")}</p>
      </div>
      <table role="table" aria-labelledby="workers-title" class="workers">
        ${tableHead(workerColumns)}
        <tbody role="rowgroup" data-region="workers">
          ${piecesOf(regions, "workers")}
        </tbody>
      </table>
    </section>`,
  };
}

const addJobForm: Html = html`<section aria-labelledby="add-title">
  <h2 id="add-title">Add a job</h2>
  <form
    id="add-job"
    method="post"
    action="/new-job"
    data-busy="Adding …"
    data-done="Added: {url}"
    data-failed="Not added."
    data-unreachable="The control plane can't be reached. Check the list before adding it again."
  >
    <label for="url">URL to crawl</label>
    <div class="field">
      <input
        id="url"
        name="url"
        type="url"
        required
        maxlength="8192"
        placeholder="https://example.com/"
        autocomplete="url"
        aria-describedby="add-result"
      />
      <button type="submit">Add job</button>
    </div>
    <p id="add-result" class="result" role="status"></p>
  </form>
</section>`;
