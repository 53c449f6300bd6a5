import { formatTable } from "../report/table.ts";

/** A target, and the result. */
export interface Target {
  readonly what: string;
  /** Such as "at least 3". */
  readonly bound: string;
  readonly measured: string;
  readonly met: boolean;
  /** Why it was missed, if that is known. */
  readonly whyNot?: string;
}

/** The table of targets, with the reasons for missed ones. */
export function formatTargets(targets: readonly Target[]): string {
  const table = formatTable(
    [
      { head: "target", align: "left" },
      { head: "bound", align: "right" },
      { head: "measured", align: "right" },
      { head: "met", align: "left" },
    ],
    targets.map(({ what, bound, measured, met }) => [what, bound, measured, met ? "yes" : "no"]),
  );
  const missed = targets.flatMap(({ met, what, whyNot }) =>
    met || whyNot === undefined ? [] : [`- ${what}: ${whyNot}`],
  );
  return missed.length === 0 ? table : `${table}\n\nWhy not:\n\n${missed.join("\n")}`;
}
