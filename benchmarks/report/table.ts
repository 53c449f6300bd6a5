/** A column: its heading, and the side on which its cells are aligned. */
export interface Column {
  readonly head: string;
  readonly align: "left" | "right";
}

const shortest = 3;

/**
 * A Markdown table whose columns are also aligned as plain text.
 * @throws RangeError if a row has more or fewer cells than there are columns
 */
export function formatTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
): string {
  const wrong = rows.find((row) => row.length !== columns.length);
  if (wrong !== undefined) {
    throw new RangeError(`a row of ${wrong.length} cells in a table of ${columns.length} columns`);
  }
  const widths = columns.map((column, index) =>
    Math.max(shortest, column.head.length, ...rows.map((row) => (row[index] ?? "").length)),
  );
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  const fit = (cells: readonly string[]): string =>
    line(
      columns.map(({ align }, index) => {
        const [cell = "", width = 0] = [cells[index], widths[index]];
        return align === "right" ? cell.padStart(width) : cell.padEnd(width);
      }),
    );
  const rule = columns.map(({ align }, index) => {
    const width = widths[index] ?? 0;
    return align === "right" ? `${"-".repeat(width - 1)}:` : "-".repeat(width);
  });
  return [fit(columns.map(({ head }) => head)), line(rule), ...rows.map(fit)].join("\n");
}
