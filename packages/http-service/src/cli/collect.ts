/** Collects the values of an option that can be repeated. Commander calls it for each one. */
export function collect(value: string, values: readonly string[]): readonly string[] {
  return [...values, value];
}
