import { count, type Html, html, renderPage } from "@flawless-ts/http-service/pages";
import type { Job } from "../queue/types.ts";
import { jobPath, workflowsAddress } from "./job-rows.ts";
import { summarize } from "./job-summary.ts";
import { jobTable } from "./list-page.ts";
import { site } from "./site.ts";

const maxPayloadLength = 100_000;

/** The page of one job: its current state, its payload and a link to its workflow. */
export function jobPage(job: Job, flawlessUrl: string | null, now: number): Html {
  const { id, payload } = job;
  const workflows = workflowsAddress(flawlessUrl, id);
  const cut =
    payload.length > maxPayloadLength
      ? html`<p>The first ${count(maxPayloadLength)} of ${count(payload.length)} characters.</p>`
      : null;
  return renderPage(
    {
      title: `Job ${id}`,
      path: jobPath(id),
      now,
      events: null,
      header: html`<h1 id="title">Job <span class="node">${id}</span></h1>
        ${workflows === null ? null : html`<p><a href="${workflows}">Its workflow in Flawless</a></p>`}`,
      main: html`<section aria-labelledby="title">${jobTable([summarize(job)], null)}</section>
        <section aria-labelledby="payload">
          <h2 id="payload">Payload</h2>
          <pre tabindex="0">${payload.slice(0, maxPayloadLength)}</pre>
          ${cut}
        </section>`,
    },
    site,
  );
}
