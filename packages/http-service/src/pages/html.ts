const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** HTML that may be sent as it is. Only {@link html} makes it, so that nothing gets in without being escaped. */
export interface Html {
  readonly [markup]: string;
}

const markup: unique symbol = Symbol("markup");

/** What {@link html} puts in: text and numbers are escaped, null is nothing. */
export type HtmlValue = Html | string | number | null | readonly Html[];

/** Text that HTML shows as it is, also within the quotes of an attribute. */
export function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => entities[character] ?? character);
}

/** A template of HTML that escapes what is put in. Attributes need quotes around what is put in. */
export function html(strings: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  const parts = values.map((value, index) => `${textOf(value)}${strings[index + 1]}`);
  return { [markup]: `${strings[0]}${parts.join("")}` };
}

/** The markup itself, to be sent. */
export function markupOf(value: Html): string {
  return value[markup];
}

function textOf(value: HtmlValue): string {
  if (value === null) {
    return "";
  }
  if (typeof value !== "object") {
    return escapeHtml(String(value));
  }
  return markup in value ? value[markup] : value.map(markupOf).join("");
}
