const linesBefore = 2;
const linesAfter = 1;
/** Longer lines, as in minified packages, are shortened around the location. */
const shownWidth = 120;
const tab = "  ";

/**
 * The lines around a location, with their numbers, and a caret below it. Lines and columns count from 1.
 *
 * @returns `null` if the text has no such line.
 */
export function codeFrame(text: string, line: number, column: number): string | null {
  const lines = text.split(/\r?\n/);
  const found = lines[line - 1];
  if (found === undefined) return null;
  const first = Math.max(1, line - linesBefore);
  const last = Math.min(lines.length, line + linesAfter);
  const width = String(last).length;
  const room = Math.max(0, found.length - shownWidth);
  const cutBefore = Math.min(room, Math.max(0, column - 1 - shownWidth / 2));
  const shown = (part: string): string => part.replaceAll("\t", tab);
  const rows: string[] = [];
  for (let number = first; number <= last; number += 1) {
    const row = lines[number - 1] ?? "";
    const part = row.slice(cutBefore, cutBefore + shownWidth);
    const mark = number === line ? ">" : " ";
    rows.push(`${mark} ${String(number).padStart(width)} | ${shown(part)}`.trimEnd());
    if (number !== line) continue;
    const indent = shown(found.slice(cutBefore, column - 1)).length;
    rows.push(`  ${" ".repeat(width)} | ${" ".repeat(indent)}^`);
  }
  return rows.join("\n");
}
