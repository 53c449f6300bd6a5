import { type Html, html, type Region } from "@flawless-ts/http-service/pages";
import type { ModuleTypes } from "@flawless-ts/wasm-module/internal";
import type { ModuleSummary, WorkflowInfo } from "../../engine/index.ts";
import { startAddress } from "../start-address.ts";
import { workflowPath } from "../workflow-parts.ts";
import { buttonForm } from "./action-form.ts";
import { forkForm } from "./fork-form.ts";
import { messageForms } from "./message-forms.ts";

/** The forms that act on a workflow. They depend on its state; what people type stays while the state lasts. */
export function workflowActions(
  workflow: WorkflowInfo,
  types: ModuleTypes | null,
  modules: readonly ModuleSummary[],
): Region {
  const path = workflowPath(workflow.id);
  const { module, version, workflow: name, id } = workflow;
  if (workflow.status === "running") {
    return new Map([
      [
        "running",
        html`<div data-key="running" class="actions" data-keep>
          ${messageForms(workflow, types)}
          <div class="buttons">
            <h2>End it</h2>
            ${cancelForm(path)} ${terminateForm(path)}
          </div>
        </div>`,
      ],
    ]);
  }
  const other = startAddress({ module, version, workflow: name, like: id });
  return new Map([
    [
      "ended",
      html`<div data-key="ended" class="actions" data-keep>
        <div class="buttons">
          <h2>Start it again</h2>
          ${restartForm(path)}
          <p><a href="${other}">Start one like it, with another input …</a></p>
          ${forkForm(workflow, modules)}
        </div>
      </div>`,
    ],
  ]);
}

function cancelForm(path: string): Html {
  return buttonForm({
    path,
    name: "cancel",
    button: "Cancel the workflow",
    busy: "Cancelling …",
    done: "Cancelled, or asked to.",
    failed: "Not cancelled.",
    question: "Cancel this workflow? It can't be undone.",
    isDangerous: true,
  });
}

function terminateForm(path: string): Html {
  return buttonForm({
    path,
    name: "terminate",
    button: "Terminate the workflow",
    busy: "Terminating …",
    done: "Terminated.",
    failed: "Not terminated.",
    question: "End this workflow at once? It does not get to undo what it did.",
    isDangerous: true,
  });
}

function restartForm(path: string): Html {
  return buttonForm({
    path,
    name: "restart",
    button: "Restart with the same input",
    busy: "Starting …",
    done: "Started.",
    failed: "Not started.",
    question: "Start a new workflow with the same module, version and input?",
    isDangerous: false,
  });
}
