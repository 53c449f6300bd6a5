/** A text of a guest for people: what is beyond so many characters is left out, and said to be. */
export function shortened(text: string, maxLength: number): string {
  if (text.length <= maxLength) {
    return text;
  }
  // No half of a surrogate pair.
  return `${text.slice(0, maxLength).toWellFormed()}… (${text.length} characters)`;
}
