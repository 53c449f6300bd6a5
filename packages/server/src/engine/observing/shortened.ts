/** A text of a guest for people: what is beyond so many characters is left out, and said to be. */
export function shortened(text: string, longest: number): string {
  if (text.length <= longest) {
    return text;
  }
  // No half of a surrogate pair.
  return `${text.slice(0, longest).toWellFormed()}… (${text.length} characters)`;
}
