import type { StoredWorkflowFilter } from "../../store/workflow-store.ts";
import type { IdSlice } from "../../workflow/workflow-id.ts";
import type { Elsewhere } from "../elsewhere.ts";
import type { EndManner } from "../types.ts";

/** The number of workflows that are ended in one batch. */
const pageSize = 1_000;

/**
 * Cancels or terminates all workflows of other partitions that match a filter and were durable when this began.
 * @returns how many of them were running and had not been asked before
 * @throws Error if they can't be found now
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
