const units = [
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
  ["second", 1_000],
] as const;

/** A duration as people say it, with up to two decimals: "3 days", "1.5 hours", "20 ms". */
export function spanWords(milliseconds: number): string {
  const found = units.find(([, length]) => milliseconds >= length);
  if (found === undefined) {
    return `${Math.round(milliseconds)} ms`;
  }
  const [unit, length] = found;
  const count = Math.round((milliseconds / length) * 100) / 100;
  return `${count} ${unit}${count === 1 ? "" : "s"}`;
}
