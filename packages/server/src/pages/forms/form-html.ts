import { type Html, html } from "@flawless-ts/http-service/pages";
import type { FormField } from "./form-plan.ts";

/**
 * The inputs of a planned form.
 *
 * @param id the prefix of its elements' ids: a page may have several forms
 */
export function formFields(field: FormField, id: string): Html {
  return field.of.kind === "group"
    ? html`${field.of.fields.map((inner, index) => fieldHtml(inner, `${id}-${index}`))}`
    : fieldHtml(field, id);
}

function fieldHtml(field: FormField, id: string): Html {
  const { label, of } = field;
  if (of.kind === "group") {
    return html`<fieldset>
      <legend>${label}</legend>
      ${of.fields.map((inner, index) => fieldHtml(inner, `${id}-${index}`))}
    </fieldset>`;
  }
  if (of.kind === "constant") {
    return html`<p class="constant">${label}: <code>${of.json}</code></p>`;
  }
  return html`<div class="entry">
    <label for="${id}">${label} <small>${hintOf(field)}</small></label>
    ${inputOf(field, id)}
  </div>`;
}

function hintOf({ of, required, nullable }: FormField): string {
  const what = {
    text: "",
    number: "number",
    integer: "whole number",
    boolean: "",
    json: "JSON",
    choice: "",
    constant: "",
    group: "",
    lines: "one on each line",
  }[of.kind];
  const without = nullable && required ? "empty: null" : required ? "" : "optional";
  return [what, without].filter((part) => part !== "").join(", ");
}

function inputOf({ name, of, nullable, required }: FormField, id: string): Html {
  const needed = required && !nullable;
  switch (of.kind) {
    case "boolean":
      return select(id, name, ["true", "false"], needed);
    case "choice":
      return select(id, name, of.choices, needed);
    case "number":
    case "integer": {
      const mode = of.kind === "integer" ? "numeric" : "decimal";
      // Not a number input: those lose digits, and the mouse wheel changes them.
      return needed
        ? html`<input id="${id}" name="${name}" inputmode="${mode}" autocomplete="off" required />`
        : html`<input id="${id}" name="${name}" inputmode="${mode}" autocomplete="off" />`;
    }
    case "json":
      return needed
        ? html`<textarea id="${id}" name="${name}" rows="3" spellcheck="false" required></textarea>`
        : html`<textarea id="${id}" name="${name}" rows="3" spellcheck="false"></textarea>`;
    case "lines":
      return html`<textarea id="${id}" name="${name}" rows="3"></textarea>`;
    default:
      return html`<input id="${id}" name="${name}" autocomplete="off" />`;
  }
}

function select(id: string, name: string, choices: readonly string[], needed: boolean): Html {
  const options = choices.map(
    (choice) => html`<option value="${choice}">${choiceText(choice)}</option>`,
  );
  return html`<select id="${id}" name="${name}">
    ${needed ? null : html`<option value="">(none)</option>`}${options}
  </select>`;
}

/** Strings are shown without quotes. */
function choiceText(json: string): string {
  const value: unknown = JSON.parse(json);
  return typeof value === "string" ? value : json;
}
