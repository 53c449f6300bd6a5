import type { StoredWorkflowFilter } from "../../store/workflow-store.ts";
import type { IdSlice } from "../../workflow/workflow-id.ts";
import type { Elsewhere } from "../elsewhere.ts";
import type { EndManner } from "../types.ts";

/** So many are ended in one go. */
const pageSize = 1_000;

/**
 * Cancels or terminates all workflows of other partitions that a filter names: those that were durable when it began.
 * @returns how many of them ran, and were not asked before
 * @throws Error where they can't be found now
 */
export async function endElsewhere(
  {
    elsewhere,
    ids,
  }: { readonly elsewhere: Elsewhere | undefined; readonly ids: IdSlice | undefined },
  filter: Omit<StoredWorkflowFilter, "below" | "limit">,
  manner: EndManner,
): Promise<number> {
  if (elsewhere === undefined || ids === undefined) {
    return 0;
  }
  let ended = 0;
  let below: number | undefined;
  do {
    const found = await elsewhere.ids({ ...filter, below, limit: pageSize });
    const there = found.filter((id) => id % ids.count !== ids.index);
    const answers = await Promise.all(
      there.map((to) =>
        elsewhere.send(to % ids.count, {
          by: null,
          work: { kind: "tell", to, telling: { kind: manner } },
        }),
      ),
    );
    ended += answers.filter((answer) => answer.kind === "done" && answer.changed).length;
    below = found.at(-1);
  } while (below !== undefined);
  return ended;
}
