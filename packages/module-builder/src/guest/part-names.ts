/**
 * The parts of the script's own side that a workflow may well do without; the files are in `parts/`. Each is bundled
 * apart, and takes memory only in a workflow that uses it. Their places here are the numbers that the engine knows them by.
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

/** A part's name. */
export type PartName = (typeof partNames)[number];
