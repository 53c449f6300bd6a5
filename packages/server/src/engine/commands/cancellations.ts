import { EngineError } from "../../errors.ts";
import { toFilter, toWorkflowNumber } from "../requests.ts";
import type { RunRegistry } from "../runs/index.ts";
import type { CancelledWorkflows, CancelFilter, WorkflowInfo } from "../types.ts";
import { toPublicId } from "../../workflow/workflow-id.ts";
import { toInfo } from "../workflow-info.ts";

/** So many workflows are ended in one go. */
const pageSize = 1_000;

/** Cancels many workflows at a time. */
export class Cancellations {
  readonly #registry: RunRegistry;

  constructor(registry: RunRegistry) {
    this.#registry = registry;
  }

  /** @throws EngineError as `Engine.cancelTree` does */
  async tree(id: string): Promise<WorkflowInfo> {
    const { trees, committer, store } = this.#registry;
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
      await this.#cancel([root]);
      for (;;) {
        // Children that are not durable yet are to be found, too.
        await committer.flush();
        const ids = await store.ids({ runningDescendantsOf: root, limit: pageSize });
        if (ids.length === 0) {
          return toInfo(await this.#registry.stored(root));
        }
        await this.#cancel(ids);
      }
    } finally {
      reopen();
    }
  }

  /** @throws EngineError as `Engine.cancelMatching` does */
  async matching(filter: CancelFilter): Promise<CancelledWorkflows> {
    const { dryRun = false, ...wanted } = filter;
    if (
      wanted.module === undefined &&
      wanted.version === undefined &&
      wanted.workflow === undefined
    ) {
      throw new EngineError(
        "INVALID_REQUEST",
        "Expected a module, a version or a workflow's name to tell which workflows to cancel.",
      );
    }
    const { limit, ...stored } = toFilter({ limit: pageSize, ...wanted, status: "running" });
    await this.#registry.committer.flush();
    const ids = await this.#registry.store.ids({ ...stored, limit: limit + 1 });
    const page = ids.slice(0, limit);
    const count = dryRun ? page.length : await this.#cancel(page);
    const last = ids.length > limit ? page.at(-1) : undefined;
    return { count, cursor: last === undefined ? null : toPublicId(last) };
  }

  /** @returns how many of them still ran */
  async #cancel(ids: readonly number[]): Promise<number> {
    const { committer } = this.#registry;
    let cancelled = 0;
    const saved: Promise<void>[] = [];
    for (const id of ids) {
      await this.#registry.withRun(id, (run) => {
        if (!run.ended) {
          run.cancel();
          cancelled += 1;
          saved.push(committer.commit(run.record));
        }
      });
    }
    await Promise.all(saved);
    return cancelled;
  }
}
