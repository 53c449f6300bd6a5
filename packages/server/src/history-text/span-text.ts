const units = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["min", 60_000],
  ["s", 1_000],
] as const;

/** A span of time in the largest unit that it fills, to three digits after the point: "1.5 h". */
export function spanText(milliseconds: number): string {
  const [unit, length] = units.find(([, length]) => milliseconds >= length) ?? ["ms", 1];
  return `${Math.round((milliseconds / length) * 1_000) / 1_000} ${unit}`;
}
