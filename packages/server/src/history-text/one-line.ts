/**
 * The text on one line of at most this many characters, without terminal control characters: what a guest wrote must
 * not be able to change how the report looks.
 */
export function onOneLine(text: string, length: number): string {
  // Escaping only makes text longer: anything cut here would be cut below anyway.
  const plain = text
    .slice(0, length + 1)
    .replaceAll(/[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu, escaped);
  return plain.length <= length ? plain : `${plain.slice(0, length - 1)}…`;
}

function escaped(character: string): string {
  const json = JSON.stringify(character).slice(1, -1);
  return json === character ? `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}` : json;
}
