/** A guest's text for people. Everything beyond the max length is omitted, and the text says so. */
export function shortened(text: string, maxLength: number): string {
  if (text.length <= maxLength) {
    return text;
  }
  // Avoids half a surrogate pair.
  return `${text.slice(0, maxLength).toWellFormed()}… (${text.length} characters)`;
}
