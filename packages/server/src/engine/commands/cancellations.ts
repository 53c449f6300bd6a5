import { EngineError } from "../../errors.ts";
import { assertConditions, search, toRequestedPage } from "../reading/index.ts";
import { toWorkflowNumber } from "../requests.ts";
import type { RunRegistry } from "../runs/index.ts";
import type { CancelledWorkflows, CancelFilter, EndManner, WorkflowInfo } from "../types.ts";
import { toPublicId } from "../../workflow/workflow-id.ts";
import { toInfo } from "../workflow-info.ts";

/** The number of workflows that are ended in one batch. */
const pageSize = 1_000;

/** Cancels or terminates many workflows at a time. */
export class Cancellations {
  readonly #registry: RunRegistry;

  constructor(registry: RunRegistry) {
    this.#registry = registry;
  }

  /** @throws EngineError as `Engine.end` does */
  async tree(id: string, manner: EndManner): Promise<WorkflowInfo> {
    const { trees } = this.#registry;
    const root = toWorkflowNumber(id);
    const stored = await this.#registry.stored(root);
    if (stored.parent !== null) {
      throw new EngineError(
        "INVALID_REQUEST",
        `Workflow ${id} was started by another workflow. Cancel the whole tree at its root, ${toPublicId(stored.root)}.`,
      );
    }
    const reopen = trees.close(root);
    try {
      await this.#end([root], manner);
      // Those that were asked may continue for a while. None is new once all that run have been asked.
      while ((await this.#endDescendants(root, manner)) > 0);
      return toInfo(await this.#registry.stored(root));
    } finally {
      reopen();
    }
  }

  async #endDescendants(root: number, manner: EndManner): Promise<number> {
    const { committer, store } = this.#registry;
    // Children that are not durable yet must be found too.
    await committer.flush();
    let ended = 0;
    let below: number | undefined;
    do {
      const ids = await store.ids({ runningDescendantsOf: root, below, limit: pageSize });
      ended += await this.#end(ids, manner);
      below = ids.at(-1);
    } while (below !== undefined);
    return ended + (await this.#registry.endElsewhere({ runningDescendantsOf: root }, manner));
  }

  /** @throws EngineError as `Engine.endMatching` does */
  async matching(filter: CancelFilter, manner: EndManner): Promise<CancelledWorkflows> {
    const { dryRun = false, ...conditions } = filter;
    assertConditions(conditions);
    const wanted = toRequestedPage({ limit: pageSize, ...conditions, status: "running" });
    const { committer, store } = this.#registry;
    await committer.flush();
    const { found, below } = await search(store, wanted, (stored) => store.ids(stored));
    const page = found.slice(0, wanted.limit);
    const count = dryRun ? page.length : await this.#end(page, manner);
    const next = found.length > page.length ? (page.at(-1) ?? null) : below;
    return { count, cursor: next === null ? null : toPublicId(next) };
  }

  /** @returns how many of them were running and had not been asked before */
  async #end(ids: readonly number[], manner: EndManner): Promise<number> {
    const { committer } = this.#registry;
    let ended = 0;
    const saved: Promise<void>[] = [];
    for (const id of ids) {
      const { record, changed } = await this.#registry.end(id, manner);
      if (changed) {
        ended += 1;
        saved.push(committer.commit(record));
      }
    }
    await Promise.all(saved);
    return ended;
  }
}
