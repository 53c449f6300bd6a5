const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** HTML that is safe to send. Only {@link html} creates it, so that every value is escaped. */
export interface Html {
  readonly [markup]: string;
}

const markup: unique symbol = Symbol("markup");

/** A value for {@link html}: text and numbers are escaped, null becomes nothing. */
export type HtmlValue = Html | string | number | null | readonly Html[];

/** Escapes text for HTML, including quoted attributes. */
export function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => entities[character] ?? character);
}

/** An HTML template that escapes its values. Attribute values must be quoted. */
export function html(strings: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  const parts = values.map((value, index) => `${textOf(value)}${strings[index + 1]}`);
  return { [markup]: `${strings[0]}${parts.join("")}` };
}

/** The markup itself. */
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
