/** Keeps all values of an option that can be given again, as Commander calls it for each. */
export function collect(value: string, values: readonly string[]): readonly string[] {
  return [...values, value];
}
