import { ModuleError } from "./module-error.ts";
import type { CountedSection, Limits, ModuleStructure } from "./module-structure.ts";

/**
 * The bytes that V8 14.6 stores per instance, measured with 100,000 of a kind and rounded up: 349 for a table, 23 for
 * an element of one, 11 for a global (a vector), 17 for a function, 361 for an export, 23 for a segment of elements, 10
 * for a tag, 2 for a segment of data. Code and constant data belong to the module, and all instances share them.
 */
const bytesOfEach: Readonly<Partial<Record<CountedSection, number>>> = {
  table: 400,
  global: 16,
  function: 32,
  export: 400,
  element: 32,
  tag: 16,
  data: 8,
};
const bytesPerTableElement = 32;
/** A segment's element has at least one byte in the file, and 42 bytes in an instance once it is in a table. */
const bytesPerSegmentByte = 48;
/** The share of an instance's bytes that tables may grow to, if they start with less. */
const tablesShare = 1 / 4;

/**
 * The number of elements that the tables may have for their share of an instance's bytes; at least what they start
 * with.
 */
export function maxTableElementsWithin(
  tables: readonly Limits[],
  instanceBytes: number | undefined,
): number {
  if (instanceBytes === undefined) return Infinity;
  const share = Math.floor((instanceBytes * tablesShare) / bytesPerTableElement);
  return Math.max(share, sum(tables.map(({ minimum }) => minimum)));
}

/**
 * Distributes elements among tables: each gets what it starts with, and those that may grow share the rest equally.
 *
 * @returns each table's maximum; undefined if there is no limit
 * @throws {ModuleError} `FLAWLESS_MODULE_TABLE_TOO_LARGE` if they start with more.
 */
export function shareElements(
  tables: readonly Limits[],
  most: number,
): readonly number[] | undefined {
  if (most === Infinity) return undefined;
  const atStart = sum(tables.map(({ minimum }) => minimum));
  if (atStart > most) {
    const what = tables.length === 1 ? "a table that starts" : "tables that start";
    throw new ModuleError(
      "FLAWLESS_MODULE_TABLE_TOO_LARGE",
      `Expected ${what} with at most ${most} elements, but ${tables.length === 1 ? "it starts" : "they start"} with ` +
        `${atStart}. Use fewer functions by reference, or raise the limit.`,
    );
  }
  let rest = most - atStart;
  const maxima = tables.map(({ minimum }) => minimum);
  const wishes = tables
    .map(({ minimum, maximum }, index) => ({ index, wish: (maximum ?? Infinity) - minimum }))
    .filter(({ wish }) => wish > 0)
    .toSorted((a, b) => a.wish - b.wish);
  // Those that want little come first, and leave more for the others.
  for (const [place, { index, wish }] of wishes.entries()) {
    const given = Math.min(wish, Math.floor(rest / (wishes.length - place)));
    maxima[index] = (maxima[index] ?? 0) + given;
    rest -= given;
  }
  return maxima;
}

/** The max bytes of an instance without its memory. */
export function bytesWithoutMemory(
  { count, sections }: ModuleStructure,
  tableMaxima: readonly number[],
): number {
  const listed = Object.entries(bytesOfEach).map(
    ([section, bytes]) => count(section as CountedSection) * bytes,
  );
  const elements = sections.get("element");
  const elementBytes = elements === undefined ? 0 : elements.end - elements.start;
  return sum(listed) + sum(tableMaxima) * bytesPerTableElement + elementBytes * bytesPerSegmentByte;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
