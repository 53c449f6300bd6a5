const units = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["min", 60_000],
  ["s", 1_000],
] as const;

/** A duration in the largest unit that it fills, with up to three decimals: "1.5 h". */
export function spanText(milliseconds: number): string {
  const [unit, length] = units.find(([, length]) => milliseconds >= length) ?? ["ms", 1];
  return `${Math.round((milliseconds / length) * 1_000) / 1_000} ${unit}`;
}
