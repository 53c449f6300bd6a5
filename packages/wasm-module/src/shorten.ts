const maxLength = 100;

/** `text` in quotes for a message, escaped, and cut if it is long. */
export function quoteShortened(text: string): string {
  return JSON.stringify(text.length > maxLength ? `${text.slice(0, maxLength)}…` : text);
}
