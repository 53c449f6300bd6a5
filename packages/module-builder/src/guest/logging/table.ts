import { inspect } from "./inspect.ts";

const indexColumn = "(index)";
const valueColumn = "Values";
/** The max number of rows and of columns. */
const maxRows = 200;
const maxColumns = 30;

/**
 * A table with a row for each item.
 *
 * @returns undefined for values without rows.
 */
export function table(value: unknown, wanted: unknown): string | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const rows = rowsOf(value).slice(0, maxRows);
  const names = new Set<string>();
  const cells = rows.map(([index, item]) => {
    const row = new Map([[indexColumn, index]]);
    if (typeof item === "object" && item !== null) {
      for (const name of Object.keys(item).slice(0, maxColumns)) {
        if (Array.isArray(wanted) && !wanted.includes(name)) continue;
        names.add(name);
        const { value: content } = Object.getOwnPropertyDescriptor(item, name) ?? {};
        row.set(name, inspect(content));
      }
    } else row.set(valueColumn, inspect(item));
    return row;
  });
  const hasValues = cells.some((row) => row.has(valueColumn));
  const columns = [
    indexColumn,
    ...[...names].slice(0, maxColumns),
    ...(hasValues ? [valueColumn] : []),
  ];
  const header = new Map(columns.map((name) => [name, name]));
  const widths = columns.map((name) =>
    Math.max(...[header, ...cells].map((row) => (row.get(name) ?? "").length)),
  );
  const line = (row: ReadonlyMap<string, string>): string =>
    `│ ${columns.map((name, index) => (row.get(name) ?? "").padEnd(widths[index] ?? 0)).join(" │ ")} │`;
  const rule = (start: string, cross: string, end: string): string =>
    start + widths.map((width) => "─".repeat(width + 2)).join(cross) + end;
  return [
    rule("┌", "┬", "┐"),
    line(header),
    rule("├", "┼", "┤"),
    ...cells.map(line),
    rule("└", "┴", "┘"),
  ].join("\n");
}

function rowsOf(value: object): [string, unknown][] {
  if (value instanceof Map) return [...value].map(([key, item]) => [inspect(key), item]);
  if (value instanceof Set) return [...value].map((item, index) => [String(index), item]);
  return Object.keys(value).map((key) => [key, Object.getOwnPropertyDescriptor(value, key)?.value]);
}
