/**
 * The parts of the guest side that workflows may not need; the files are in `parts/`. Each is bundled separately, and
 * takes memory only in workflows that use it. The engine identifies parts by their position here.
 */
export const partNames = [
  "web",
  "logging",
  "standards",
  "collation",
  "extensions",
  "waiting",
  "checks",
  "durations",
] as const;

/** The name of a part. */
export type PartName = (typeof partNames)[number];
