/**
 * The smallest value that is not exceeded by at least `percent` % of the values (nearest rank).
 *
 * @param sorted values in ascending order
 * @param percent above 0, up to 100
 * @throws RangeError if there are no values
 */
export function percentile(sorted: readonly number[], percent: number): number {
  const value = sorted[Math.ceil((sorted.length * percent) / 100) - 1];
  if (value === undefined) {
    throw new RangeError(`no percentile ${percent} of ${sorted.length} values`);
  }
  return value;
}

/**
 * The middle value, or the mean of the two in the middle.
 * @throws RangeError if there are no values
 */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const below = sorted[Math.ceil(sorted.length / 2) - 1];
  const above = sorted[Math.floor(sorted.length / 2)];
  if (below === undefined || above === undefined) {
    throw new RangeError("no median of no values");
  }
  return (below + above) / 2;
}
