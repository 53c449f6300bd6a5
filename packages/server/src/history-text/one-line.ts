/**
 * Text of at most that many characters on one line, without characters that steer a terminal: what a
 * guest wrote must not change what the report looks like.
 */
export function onOneLine(text: string, length: number): string {
  // Escapes only make it longer: what is cut here would be cut below.
  const plain = text
    .slice(0, length + 1)
    .replaceAll(/[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu, escaped);
  return plain.length <= length ? plain : `${plain.slice(0, length - 1)}…`;
}

function escaped(character: string): string {
  const json = JSON.stringify(character).slice(1, -1);
  return json === character ? `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}` : json;
}
