import { type Html, html, renderPage } from "@flawless-ts/http-service/pages";
import type { ModuleTypes } from "@flawless-ts/wasm-module/internal";
import type { ModuleSummary } from "../engine/index.ts";
import { formFields } from "./forms/form-html.ts";
import { type FormField, isRecord, planForm } from "./forms/form-plan.ts";
import { prettyJson } from "./pretty-json.ts";
import { site } from "./site.ts";
import { startAddress, type StartTarget } from "./start-address.ts";
import { brief } from "./workflow-parts.ts";

/** The prefix of the names of the inputs for a workflow's input. */
const inputName = "value";
const maxModules = 200;
const maxWorkflows = 500;
const maxInputLength = 50_000;

/** The form's plan for a workflow's input; null if its module doesn't describe it. */
export function inputField(types: ModuleTypes | null, workflow: string): FormField | null {
  const all: unknown = types?.workflows;
  const own = isRecord(all) && Object.hasOwn(all, workflow) ? all[workflow] : undefined;
  return isRecord(own) && own["input"] !== undefined
    ? planForm(own["input"], inputName, "Input")
    : null;
}

/** The page with a form that starts a workflow. */
export function startPage(
  target: StartTarget,
  types: ModuleTypes | null,
  /** Initial JSON text; null for none. */
  input: string | null,
  now: number,
): Html {
  const { module, version, workflow } = target;
  const field = inputField(types, workflow);
  const hasFields = field !== null && field.of.kind !== "json" && field.of.kind !== "constant";
  return renderPage(
    {
      title: `Start ${workflow}`,
      path: startAddress(target),
      now,
      events: null,
      header: html`<h1 id="title">Start ${brief(workflow)}</h1>
        <p>of ${brief(module)} ${brief(version)}</p>`,
      main: html`<section aria-labelledby="title" class="starting">
        ${
          hasFields
            ? fold(
                "By its fields",
                input === null,
                startForm(target, "fields", formFields(field, "field")),
              )
            : null
        }
        ${fold(
          "As JSON text",
          !hasFields || input !== null,
          startForm(
            target,
            "json",
            html`<label for="input">Input, as JSON</label>
              <textarea id="input" name="input" rows="8" required spellcheck="false">
${input === null ? "null" : prettyJson(input.slice(0, maxInputLength))}</textarea>`,
          ),
        )}
      </section>`,
    },
    site,
  );
}

/** The page to choose the workflow to start. */
export function startChoicePage(modules: readonly ModuleSummary[], now: number): Html {
  let left = maxWorkflows;
  const newest = modules.toReversed().slice(0, maxModules);
  const items = newest.map(({ name, version, workflows }) => {
    const shown = workflows.slice(0, left);
    left -= shown.length;
    return html`<li>
      <strong>${brief(name)}</strong> ${brief(version)}
      <ul class="names">
        ${shown.map(
          (workflow) =>
            html`<li>
              <a href="${startAddress({ module: name, version, workflow })}">${brief(workflow)}</a>
            </li>`,
        )}
      </ul>
    </li>`;
  });
  return renderPage(
    {
      title: "Start a workflow",
      path: "/start",
      now,
      events: null,
      header: html`<h1 id="title">Start a workflow</h1>`,
      main: html`<section aria-labelledby="title">
        ${
          items.length === 0
            ? html`<p>
                No module is deployed yet. <code>flawless deploy FILE.wasm</code> does that.
              </p>`
            : html`<ul class="choices">
                ${items}
              </ul>`
        }
      </section>`,
    },
    site,
  );
}

function startForm(target: StartTarget, form: "fields" | "json", fields: Html): Html {
  const { module, version, workflow } = target;
  return html`<form
    method="post"
    action="/start"
    data-busy="Starting …"
    data-done="Started."
    data-failed="Not started."
    data-unreachable="The server can't be reached. Look at the list of workflows before you try again."
  >
    <input type="hidden" name="form" value="${form}" />
    <input type="hidden" name="module" value="${module}" />
    <input type="hidden" name="version" value="${version}" />
    <input type="hidden" name="workflow" value="${workflow}" />
    ${fields}
    <details class="more-options">
      <summary>Key and labels</summary>
      <div class="entry">
        <label for="${form}-key"
          >Idempotency key <small>optional: a second start with it starts nothing</small></label
        >
        <input id="${form}-key" name="key" maxlength="255" autocomplete="off" spellcheck="false" />
      </div>
      <div class="entry">
        <label for="${form}-labels"
          >Labels <small>optional: key=value, one on each line</small></label
        >
        <textarea id="${form}-labels" name="labels" rows="2" spellcheck="false"></textarea>
      </div>
    </details>
    <button type="submit">Start</button>
    <p class="result" role="status"></p>
  </form>`;
}

function fold(title: string, isOpen: boolean, form: Html): Html {
  const content = html`<summary>${title}</summary>
    ${form}`;
  return isOpen
    ? html`<details name="form" open>${content}</details>`
    : html`<details name="form">${content}</details>`;
}
