import type { WorkflowStore } from "../../store/workflow-store.ts";
import type { IdSlice } from "../../workflow/workflow-id.ts";
import type { Committer } from "../committer.ts";
import type { Elsewhere } from "../elsewhere.ts";
import { endElsewhere } from "./ends-elsewhere.ts";
import { askUntilAnswered, type AskingServices } from "./ask-until-answered.ts";
import type { WorkflowRecord } from "./workflow-record.ts";
import type { WorkflowRun } from "./workflow-run.ts";

/** The number of children that are asked in one batch. */
const pageSize = 1_000;

/** What {@link BoundChildren} needs. */
export interface BoundChildrenParts extends AskingServices {
  readonly store: Pick<WorkflowStore, "ids">;
  readonly committer: Pick<Committer, "commit">;
  /** The ids of workflows in this partition; undefined: all. */
  readonly ids: IdSlice | undefined;
  /** How to reach the other partitions; undefined: there are none. */
  readonly elsewhere: Elsewhere | undefined;
  withRun<Result>(id: number, action: (run: WorkflowRun) => Result): Promise<Result>;
  /** Asks a workflow to cancel. */
  cancel(id: number): Promise<{ readonly record: WorkflowRecord }>;
}

/**
 * Asks the children that are bound to a workflow to cancel once it has ended. The workflow's state says that it has
 * such children until all of them have been asked, so that a restart continues.
 */
export class BoundChildren {
  readonly #parts: BoundChildrenParts;
  /** Ended workflows whose children are being asked, each with a function that stops it. */
  readonly #underWay = new Map<number | "begin", () => void>();
  #stopped = false;

  constructor(parts: BoundChildrenParts) {
    this.#parts = parts;
  }

  /** Continues what a restart interrupted. */
  begin(): void {
    this.#ask("begin", async () => {
      const { store } = this.#parts;
      let below: number | undefined;
      do {
        const ids = await store.ids({ endedWithBoundChildren: true, below, limit: pageSize });
        for (const id of ids) {
          await this.#endChildren(id);
        }
        below = ids.at(-1);
      } while (below !== undefined);
    });
  }

  /** A workflow that has bound children has ended, durably. */
  ended(parent: number): void {
    this.#ask(parent, () => this.#endChildren(parent));
  }

  stop(): void {
    this.#stopped = true;
    for (const stop of this.#underWay.values()) {
      stop();
    }
    this.#underWay.clear();
  }

  #ask(what: number | "begin", work: () => Promise<void>): void {
    const stop = askUntilAnswered(
      this.#parts,
      () => !this.#stopped,
      async () => {
        await work();
        this.#underWay.delete(what);
      },
    );
    this.#underWay.set(what, stop);
  }

  async #endChildren(parent: number): Promise<void> {
    const { cancel, committer, store, withRun } = this.#parts;
    let below: number | undefined;
    do {
      const ids = await store.ids({ runningBoundTo: parent, below, limit: pageSize });
      const saved: Promise<void>[] = [];
      for (const id of ids) {
        const { record } = await cancel(id);
        saved.push(committer.commit(record));
      }
      await Promise.all(saved);
      below = ids.at(-1);
    } while (below !== undefined);
    await endElsewhere(this.#parts, { runningBoundTo: parent }, "cancel");
    const saved = await withRun(parent, ({ record }) => {
      record.change({ hasBoundChildren: false });
      return committer.commit(record);
    });
    await saved;
  }
}
