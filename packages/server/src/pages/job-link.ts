import { type Html, html } from "@flawless-ts/http-service/pages";
import { brief } from "./workflow-parts.ts";

/** Workers of a control plane set these labels to say which job a workflow does (`@flawless-ts/sdk`). */
const jobLabel = "control-plane:job";
const urlLabel = "control-plane:url";

/** A link to the job that a workflow does; null if its labels name no job, or no address that can be linked to. */
export function jobLink(labels: Readonly<Record<string, string>>): Html | null {
  const { [jobLabel]: job, [urlLabel]: url } = labels;
  // Anyone who starts a workflow chooses its labels: they must not make a link that runs a script.
  if (job === undefined || url === undefined || !/^https?:\/\//.test(url) || !URL.canParse(url)) {
    return null;
  }
  const address = new URL(`/dashboard/job/${encodeURIComponent(job)}`, url);
  return html`<a href="${address.href}" rel="noreferrer">${brief(job)}</a>
    <small>${brief(address.origin)}</small>`;
}
