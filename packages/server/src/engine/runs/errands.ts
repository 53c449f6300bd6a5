import { ShortLivedMap } from "@flawless-ts/wasm-module/internal";
import { toExtensionError } from "../../host-calls/extensions/engine-refusal.ts";
import type { Telling } from "../../host-calls/extensions/other-workflows.ts";
import type { WorkflowStore } from "../../store/workflow-store.ts";
import { toPublicId } from "../../workflow/workflow-id.ts";
import type { Committer } from "../committer.ts";
import {
  type Elsewhere,
  type Errand,
  type ErrandAnswer,
  type FarChild,
  isLater,
  type WorkflowStep,
} from "../elsewhere.ts";
import type { EngineLimits } from "../limits.ts";
import type { Modules } from "../modules/index.ts";
import type { EndManner } from "../types.ts";
import { assertSameStart, type KeyedStarts } from "./keyed-starts.ts";
import { assertRunning, assertTakes } from "./laying-messages.ts";
import type { WorkflowRecord } from "./workflow-record.ts";
import type { WorkflowRun } from "./workflow-run.ts";

/** What {@link Errands} needs. */
export interface ErrandsParts {
  readonly store: Pick<WorkflowStore, "note">;
  readonly committer: Pick<Committer, "commit" | "together">;
  readonly keyedStarts: KeyedStarts;
  readonly modules: Pick<Modules, "list" | "load">;
  readonly limits: EngineLimits;
  readonly elsewhere: Pick<Elsewhere, "runs"> | undefined;
  withRun<Result>(id: number, action: (run: WorkflowRun) => Result): Promise<Result>;
  /** Like `RunRegistry.end`. */
  end(
    id: number,
    manner: EndManner,
    check?: (run: WorkflowRun) => void,
    settle?: () => void,
  ): Promise<{ readonly record: WorkflowRecord; readonly changed: boolean }>;
  /** Settles once a workflow that was started is durable. */
  saved(id: number): Promise<void>;
  /** A new workflow, which does not run yet and is not saved yet. */
  create(child: FarChild): { readonly record: WorkflowRecord; activate(): void };
}

type Step = Pick<WorkflowStep, "run" | "step">;

/**
 * Does here what workflows of other partitions request. A workflow may repeat an errand until it gets the outcome.
 * Therefore the workflow that an errand changes notes, together with the change, which step of which workflow requested
 * it. A start needs no note, because it has its key.
 */
export class Errands {
  readonly #parts: ErrandsParts;
  /** The last errand that began, by the workflow that requested it. */
  readonly #underWay = new ShortLivedMap<number, Promise<unknown>>();

  constructor(parts: ErrandsParts) {
    this.#parts = parts;
  }

  /**
   * @returns the outcome, once it is durable
   * @throws Error if the outcome can't be given now; the errand may be done, or not
   */
  async run(errand: Errand): Promise<ErrandAnswer> {
    const { by } = errand;
    if (by === null) {
      return this.#answer(errand);
    }
    const before = this.#underWay.get(by.workflow);
    // One after the other: the second finds the note of the first.
    const answer = (async () => {
      await before?.catch(() => undefined);
      return this.#answer(errand);
    })();
    this.#underWay.set(by.workflow, answer);
    try {
      return await answer;
    } finally {
      if (this.#underWay.get(by.workflow) === answer) {
        this.#underWay.delete(by.workflow);
      }
    }
  }

  async #answer({ by, work }: Errand): Promise<ErrandAnswer> {
    try {
      return work.kind === "tell"
        ? await this.#tell(by, work.to, work.telling)
        : await this.#start(work.child);
    } catch (error) {
      const refusal = toExtensionError(error);
      if (refusal === undefined) {
        throw error;
      }
      const { statusCode, code, message } = refusal;
      return { kind: "refused", statusCode, code, message };
    }
  }

  async #tell(by: WorkflowStep | null, to: number, telling: Telling): Promise<ErrandAnswer> {
    const note = by === null ? null : { name: noteOf(by), value: stepText(by) };
    const known = note === null ? undefined : await this.#parts.store.note(to, note.name);
    if (by !== null && known !== undefined && !isLater(by, JSON.parse(known) as Step)) {
      return { kind: "done", workflow: to, changed: false };
    }
    const told = (record: WorkflowRecord): void => {
      if (note !== null) {
        record.note(note.name, note.value);
      }
    };
    const changed =
      telling.kind === "message"
        ? await this.#send(by, to, telling, told)
        : await this.#end(by, to, telling.kind, told);
    return { kind: "done", workflow: to, changed };
  }

  async #send(
    by: WorkflowStep | null,
    to: number,
    message: Extract<Telling, { kind: "message" }>,
    told: (record: WorkflowRecord) => void,
  ): Promise<true> {
    const { committer, limits, withRun } = this.#parts;
    await withRun(to, (run) => {
      assertTakes(run, message, limits);
      return committer.together(() => {
        run.receive(message.type, message.data, by === null ? {} : { from: by.workflow });
        told(run.record);
        return committer.commit(run.record);
      });
    });
    return true;
  }

  async #end(
    by: WorkflowStep | null,
    to: number,
    manner: EndManner,
    told: (record: WorkflowRecord) => void,
  ): Promise<boolean> {
    const { committer, end } = this.#parts;
    let target: WorkflowRun | undefined;
    const check = (run: WorkflowRun): void => {
      target = run;
      if (by !== null && run.record.state.status !== "cancelled") {
        assertRunning(run, "be cancelled");
      }
    };
    const settle = (): void => {
      if (target !== undefined) {
        told(target.record);
      }
    };
    const { record, changed } = await end(to, manner, check, settle);
    await committer.commit(record);
    return changed;
  }

  async #start(child: FarChild): Promise<ErrandAnswer> {
    const { committer, create, elsewhere, end, keyedStarts, modules, saved } = this.#parts;
    const { idempotencyKey: key, moduleHash } = child;
    if (!modules.list().some(({ hash }) => hash === moduleHash)) {
      // Another node may have deployed it.
      await modules.load();
    }
    let changed = false;
    const known = await keyedStarts.once(key, () => {
      changed = true;
      const { activate, record } = create(child);
      const durable = committer.commit(record);
      activate();
      return { workflow: record.workflow, durable };
    });
    if (known === undefined) {
      // A workflow of this partition wanted to start it, but ended before it did.
      return this.#start(child);
    }
    assertSameStart(key, known, child);
    const { bound, id, parent } = known;
    // However long it takes: nothing may be reported of a workflow that a crash could still undo.
    await saved(id);
    if (bound && parent === child.parent.id && (await elsewhere?.runs(parent)) === false) {
      // Its parent ended before this child existed for it to find.
      const { record } = await end(id, "cancel");
      await committer.commit(record);
    }
    return { kind: "done", workflow: id, changed };
  }
}

/** One for each pair of workflows: a workflow has one such call under way at a time. */
function noteOf({ workflow }: WorkflowStep): string {
  return `told by ${toPublicId(workflow)}`;
}

function stepText({ run, step }: Step): string {
  return JSON.stringify({ run, step });
}
