const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** The possible lengths of an axis: each is only a little longer than the one before. */
const lengths: readonly number[] = [
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500],
  ...[1, 2, 5, 10, 20, 30].map((count) => count * second),
  ...[1, 2, 5, 10, 20, 30].map((count) => count * minute),
  ...[1, 2, 3, 6, 12].map((count) => count * hour),
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500].map((count) => count * day),
];

/** The time span behind the bars, in milliseconds. */
export interface TimeAxis {
  readonly start: number;
  readonly length: number;
}

/**
 * The axis for a time span. Its length is rounded up, so that it stays the same for a while as time passes: bars that
 * move with every change would be unreadable.
 */
export function timeAxis(start: number, end: number): TimeAxis {
  const span = Math.max(1, end - start);
  const length =
    lengths.find((round) => round >= span) ?? Math.ceil(span / (500 * day)) * 500 * day;
  return { start, length };
}
