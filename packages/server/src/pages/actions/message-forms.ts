import { type Html, html } from "@flawless-ts/http-service/pages";
import { anyMessageType, type ModuleTypes } from "@flawless-ts/wasm-module/internal";
import type { WorkflowInfo } from "../../engine/index.ts";
import { formFields } from "../forms/form-html.ts";
import { type FormField, isRecord, planForm } from "../forms/form-plan.ts";
import { brief, workflowPath } from "../workflow-parts.ts";
import { unreachable } from "./action-form.ts";

/** The max number of message types that get their own form. */
const maxForms = 12;
const maxChoices = 20;
const reserved = "flawless:";
/** The prefix of the names of a message's inputs. */
const dataName = "data";

/** Forms that send messages to a workflow: one for each type that its module describes, and one for any type. */
export function messageForms(workflow: WorkflowInfo, types: ModuleTypes | null): Html {
  const waits = workflow.waiting?.on === "message" ? workflow.waiting.types : [];
  const known = messageTypes(types, workflow.workflow).slice(0, maxForms);
  // The type that the workflow waits for is expanded.
  const open = known.find((type) => waits.includes(type)) ?? known[0] ?? "";
  const path = workflowPath(workflow.id);
  return html`<div class="messages">
    <h2>Send a message</h2>
    ${known
      .map((type, index) => {
        const field = messageField(types, workflow.workflow, type);
        return field === null ? null : typedForm(path, type, field, index, type === open);
      })
      .filter((form) => form !== null)}
    ${fold(known.length === 0 ? "Any type" : "Any other type", open === "", anyForm(path, waits))}
  </div>`;
}

/** The form's plan for a message; null if the module doesn't describe its type. */
export function messageField(
  types: ModuleTypes | null,
  workflow: string,
  type: string,
): FormField | null {
  const schemas = messagesOf(types, workflow);
  return Object.hasOwn(schemas, type) ? planForm(schemas[type], dataName, "Data") : null;
}

function messageTypes(types: ModuleTypes | null, workflow: string): readonly string[] {
  return Object.keys(messagesOf(types, workflow)).filter(
    (type) => type !== anyMessageType && !type.startsWith(reserved),
  );
}

function messagesOf(
  types: ModuleTypes | null,
  workflow: string,
): Readonly<Record<string, unknown>> {
  const all: unknown = types?.workflows;
  const own = isRecord(all) && Object.hasOwn(all, workflow) ? all[workflow] : undefined;
  const messages = isRecord(own) ? own["messages"] : undefined;
  return isRecord(messages) ? messages : {};
}

function typedForm(
  path: string,
  type: string,
  field: FormField,
  index: number,
  isOpen: boolean,
): Html {
  const form = html`<form
    class="message"
    method="post"
    action="${path}/messages"
    data-busy="Sending …"
    data-done="Sent: {type}"
    data-failed="Not sent."
    data-unreachable="${unreachable}"
  >
    <input type="hidden" name="form" value="fields" />
    <input type="hidden" name="type" value="${type}" />
    ${formFields(field, `message-${index}`)}
    <button type="submit">Send ${brief(type)}</button>
    <p class="result" role="status"></p>
  </form>`;
  return fold(type, isOpen, form);
}

function anyForm(path: string, waits: readonly string[]): Html {
  const choices = waits.filter((type) => !type.startsWith(reserved)).slice(0, maxChoices);
  return html`<form
    class="message"
    method="post"
    action="${path}/messages"
    data-busy="Sending …"
    data-done="Sent: {type}"
    data-failed="Not sent."
    data-unreachable="${unreachable}"
  >
    <label for="message-type">Type</label>
    <input
      id="message-type"
      name="type"
      list="message-types"
      required
      maxlength="1024"
      autocomplete="off"
    />
    <datalist id="message-types">
      ${choices.map((type) => html`<option value="${type}"></option>`)}
    </datalist>
    <label for="message-data">Data, as JSON</label>
    <textarea id="message-data" name="data" rows="3" required spellcheck="false">null</textarea>
    <button type="submit">Send</button>
    <p class="result" role="status"></p>
  </form>`;
}

/** Only one of these is open at a time. */
function fold(title: string, isOpen: boolean, form: Html): Html {
  const content = html`<summary>${brief(title)}</summary>
    ${form}`;
  return isOpen
    ? html`<details name="message" open>${content}</details>`
    : html`<details name="message">${content}</details>`;
}
