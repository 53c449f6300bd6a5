import { type Html, html } from "@flawless-ts/http-service/pages";
import type { ModuleSummary, WorkflowInfo } from "../../engine/index.ts";
import { brief, workflowPath } from "../workflow-parts.ts";
import { unreachable } from "./action-form.ts";

const maxVersions = 100;

/** A form that forks a workflow from one of its steps, optionally on another version of its module. */
export function forkForm(
  { id, module, version, workflow }: WorkflowInfo,
  modules: readonly ModuleSummary[],
): Html {
  const versions = modules
    .filter((one) => one.name === module && one.workflows.includes(workflow))
    .map((one) => one.version)
    .toReversed()
    .slice(0, maxVersions);
  const choices = [...new Set([version, ...versions])].map(
    (one) => html`<option value="${one}">${brief(one)}</option>`,
  );
  return html`<details class="fork">
    <summary>Fork from a step …</summary>
    <form
      method="post"
      action="${workflowPath(id)}/fork"
      data-busy="Replaying the steps, then starting …"
      data-done="Started."
      data-failed="Not started."
      data-unreachable="${unreachable}"
    >
      <div class="entry">
        <label for="from-step"
          >Take over the first <small>steps, with their answers; 0: none</small></label
        >
        <input id="from-step" name="fromStep" inputmode="numeric" autocomplete="off" required />
      </div>
      <div class="entry">
        <label for="fork-version">and go on with version</label>
        <select id="fork-version" name="version">
          ${choices}
        </select>
      </div>
      <button type="submit" class="other">Fork</button>
      <p class="result" role="status"></p>
    </form>
  </details>`;
}
