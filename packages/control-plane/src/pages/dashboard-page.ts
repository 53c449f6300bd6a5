import { type Html, html } from "./html.ts";
import { jobColumns } from "./job-rows.ts";
import { tableHead, time } from "./parts.ts";
import type { RegionName, Regions } from "./regions.ts";
import { workerColumns } from "./worker-rows.ts";

/** The sections of the dashboard that can be asked for on their own. */
export type SectionName = "queue" | "jobs" | "workers";

/** What stands at the top of the dashboard. */
export function dashboardHeader(nodeId: string, now: number, regions: Regions): Html {
  return html`<h1>Control plane <span class="node">${nodeId}</span></h1>
    <div data-region="flawless">${pieces(regions, "flawless")}</div>
    <p id="connection" class="connection" role="status" hidden></p>
    <noscript
      ><p class="connection">
        As of ${time(now)}. Without JavaScript this page stays as it is: <a href="/">reload it</a>.
      </p></noscript
    >`;
}

/** What stands below it. */
export function dashboardMain(regions: Regions): Html {
  const sections = dashboardSections(regions);
  return html`${sections.queue} ${addJobForm} ${sections.jobs} ${sections.workers}`;
}

/** The sections one by one. */
export function dashboardSections(regions: Regions): Readonly<Record<SectionName, Html>> {
  return {
    queue: html`<section aria-labelledby="queue-title">
      <h2 id="queue-title">Queue</h2>
      <dl class="tiles" data-region="counts">${pieces(regions, "counts")}</dl>
    </section>`,
    jobs: html`<section aria-labelledby="jobs-title">
      <div class="heading">
        <h2 id="jobs-title">Jobs</h2>
        <p data-region="job-summary">${pieces(regions, "job-summary")}</p>
      </div>
      <table role="table" aria-labelledby="jobs-title" class="jobs">
        ${tableHead(jobColumns)}
        <tbody role="rowgroup" data-region="jobs">
          ${pieces(regions, "jobs")}
        </tbody>
      </table>
    </section>`,
    workers: html`<section aria-labelledby="workers-title">
      <div class="heading">
        <h2 id="workers-title">Workers</h2>
        <p data-region="worker-summary">${pieces(regions, "worker-summary")}</p>
      </div>
      <table role="table" aria-labelledby="workers-title" class="workers">
        ${tableHead(workerColumns)}
        <tbody role="rowgroup" data-region="workers">
          ${pieces(regions, "workers")}
        </tbody>
      </table>
    </section>`,
  };
}

const addJobForm: Html = html`<section aria-labelledby="add-title">
  <h2 id="add-title">Add a job</h2>
  <form id="add-job" method="post" action="/new-job">
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
    <p id="add-result" role="status"></p>
  </form>
</section>`;

function pieces(regions: Regions, name: RegionName): readonly Html[] {
  return [...regions[name].values()];
}
