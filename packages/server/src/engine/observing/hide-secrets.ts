/** The text that replaces a hidden secret. */
export const hiddenSecret = "[secret]";

/** Shorter ones would make texts unreadable: a value such as "1" is not treated as a secret. */
const minHiddenLength = 4;

/** `text` without a secret, which is escaped in a JSON text and in a URL. */
export function hideSecret(text: string, secret: string): string {
  return formsOf(secret).reduce((left, form) => left.replaceAll(form, hiddenSecret), text);
}

function formsOf(secret: string): readonly string[] {
  const inJson = JSON.stringify(secret).slice(1, -1);
  const inJsonInJson = JSON.stringify(inJson).slice(1, -1);
  const wellFormed = secret.toWellFormed();
  const component = encodeURIComponent(wellFormed);
  // As in a URL that was built without escaping.
  const query = new URL("http://host/");
  query.search = wellFormed;
  return [...new Set([secret, inJson, inJsonInJson, component, query.search.slice(1)])].filter(
    (form) => form !== "",
  );
}

/** Replaces secrets in texts for logs, pages and errors. Those of less than 4 characters remain. */
export function createSecretHider(
  secrets: Readonly<Record<string, string>>,
): (text: string) => string {
  // The longest first, because one may contain another.
  const values = Object.values(secrets)
    .filter((secret) => secret.length >= minHiddenLength)
    .toSorted((a, b) => b.length - a.length);
  return values.length === 0 ? (text) => text : (text) => values.reduce(hideSecret, text);
}
