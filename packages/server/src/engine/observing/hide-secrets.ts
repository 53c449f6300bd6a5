/** What stands in the place of a secret where it is not to be seen. */
export const hiddenSecret = "[secret]";

/** Shorter ones would take apart what people are to read: a secret such as "1" is none. */
const minHiddenLength = 4;

/** `text` without a secret, which stands with escapes in a JSON text, and in a URL. */
export function hideSecret(text: string, secret: string): string {
  return formsOf(secret).reduce((left, form) => left.replaceAll(form, hiddenSecret), text);
}

function formsOf(secret: string): readonly string[] {
  const inJson = JSON.stringify(secret).slice(1, -1);
  const inJsonInJson = JSON.stringify(inJson).slice(1, -1);
  const wellFormed = secret.toWellFormed();
  const component = encodeURIComponent(wellFormed);
  // As a URL has it that was put together without escapes.
  const query = new URL("http://host/");
  query.search = wellFormed;
  return [...new Set([secret, inJson, inJsonInJson, component, query.search.slice(1)])].filter(
    (form) => form !== "",
  );
}

/** What replaces secrets in texts for logs, pages and errors. Those of less than 4 characters stay. */
export function createSecretHider(
  secrets: Readonly<Record<string, string>>,
): (text: string) => string {
  // The longest first: one may hold another.
  const values = Object.values(secrets)
    .filter((secret) => secret.length >= minHiddenLength)
    .toSorted((a, b) => b.length - a.length);
  return values.length === 0 ? (text) => text : (text) => values.reduce(hideSecret, text);
}
