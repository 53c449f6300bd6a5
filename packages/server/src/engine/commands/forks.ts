import { readProgress } from "../../activities/index.ts";
import { EngineError } from "../../errors.ts";
import type { ExecutorPool } from "../../executor/executor-pool.ts";
import { stateNote } from "../../host-calls/extensions/publish-state.ts";
import { cancelMessage } from "../../host-calls/cancel-message.ts";
import { begunAnew, splitJournal, type SplitJournal } from "../../journal/first-steps.ts";
import { parseJournal } from "../../journal/journal-line.ts";
import { addSizes, emptyJournal, excessOf, sizeOf } from "../../journal/journal-size.ts";
import type { StoredWorkflow } from "../../store/workflow-store.ts";
import { toPublicId } from "../../workflow/workflow-id.ts";
import { moduleKey, type Modules } from "../modules/index.ts";
import { replayJournal, withoutSecretsOf } from "../reading/index.ts";
import { AtOnce, notesOfUpdates, type RunRegistry, type WorkflowRun } from "../runs/index.ts";
import type { ForkRequest, ModuleSummary } from "../types.ts";
import { messagesTaken, stateAfter, type TakenMessage } from "./fork-state.ts";

/** A journal may be long, and is replayed as a whole. */
const replaysAtOnce = 4;

/** Creates workflows that continue from the first steps of others. */
export class Forks {
  readonly #modules: Modules;
  readonly #registry: RunRegistry;
  readonly #executors: ExecutorPool;
  readonly #replays = new AtOnce(replaysAtOnce);

  constructor(modules: Modules, registry: RunRegistry, executors: ExecutorPool) {
    this.#modules = modules;
    this.#registry = registry;
    this.#executors = executors;
  }

  /**
   * Checks that a module makes the same first steps. Changes nothing yet.
   *
   * @param module the one that the new workflow runs on
   * @returns a function that creates the new workflow
   * @throws EngineError `INVALID_REQUEST`, `REPLAY_MISMATCH`, `LIMIT_REACHED`
   */
  async prepare(
    old: StoredWorkflow,
    { fromStep, origin }: ForkRequest,
    module: ModuleSummary,
  ): Promise<() => WorkflowRun> {
    const { limits, store } = this.#registry;
    const journal = await store.lines(old.id);
    const split = this.#split(old, fromStep, journal);
    const all = parseJournal(journal);
    const state = stateAfter(all.slice(0, fromStep));
    if (state.cancelledAt !== null) {
      throw cant(
        old,
        fromStep,
        `it was told at step ${state.cancelledAt} that it is asked to cancel. Fork it from an earlier step`,
      );
    }
    const excess = excessOf(split.first.map(sizeOf).reduce(addSizes, emptyJournal), limits);
    if (excess !== undefined) {
      throw new EngineError("LIMIT_REACHED", `The fork is refused: ${excess}.`);
    }
    await this.#replays.run(() => this.#replay(old, fromStep, split.first, module));
    const messages = await this.#messages(old, messagesTaken(all.slice(fromStep)));
    const notes = [
      ...(state.published === null ? [] : [[stateNote, state.published] as const]),
      ...(await notesOfUpdates(store, old.id, state.updates)),
    ];
    return () => {
      const { workflow, input, labels, run: runs } = old;
      const { name, version, hash } = module;
      const appends = begunAnew(split, this.#registry.now(), isHandedOut);
      const start = { module: name, version, workflow, input, labels, origin };
      const run = this.#registry.launch(start, hash, true, {
        from: old.id,
        appends,
        state: { run: runs, response: state.response },
      });
      for (const { type, data } of messages) {
        run.receive(type, data, { from: old.id });
      }
      for (const [name, value] of notes) {
        run.record.note(name, value);
      }
      return run;
    };
  }

  /** @throws EngineError `INVALID_REQUEST` if there are not that many steps */
  #split(old: StoredWorkflow, fromStep: number, journal: readonly string[]): SplitJournal {
    const split = splitJournal(journal, fromStep);
    if (typeof split === "number") {
      const { steps } = journal.map(sizeOf).reduce(addSizes, emptyJournal);
      throw cant(
        old,
        fromStep,
        fromStep === split + 1 && steps > split
          ? `that step has no answer. The last one with an answer is ${split}`
          : `it has only ${split} steps with answers`,
      );
    }
    return split;
  }

  /** @throws EngineError `REPLAY_MISMATCH` */
  async #replay(
    old: StoredWorkflow,
    fromStep: number,
    journal: readonly string[],
    { name, version, hash }: ModuleSummary,
  ): Promise<void> {
    const { limits } = this.#registry;
    const came = await replayJournal(
      { workflow: old.workflow, input: old.input, journal },
      {
        guest: await this.#modules.compiled(hash),
        moduleKey: moduleKey(hash, limits),
        callLimits: limits,
        executors: this.#executors,
      },
    );
    // A workflow that ends with another failure did so after these steps, and may do so again.
    if (typeof came !== "string" && came.status === "failed" && came.code !== "PANIC") {
      const reason = withoutSecretsOf(parseJournal(journal), came.message);
      throw new EngineError(
        "REPLAY_MISMATCH",
        `Workflow ${toPublicId(old.id)} can't be forked from step ${fromStep} with ${name} ${version}: ${this.#registry.hideSecrets(reason)}. Nothing was started.`,
      );
    }
  }

  /** The new workflow's mailbox: the messages that the old one took later, and those that it left. */
  async #messages(
    old: StoredWorkflow,
    taken: readonly TakenMessage[],
  ): Promise<readonly TakenMessage[]> {
    const left = await this.#registry.store.mailbox(old.id);
    return [
      ...taken,
      ...left.filter(({ type, update }) => type !== cancelMessage && update === undefined),
    ];
  }
}

/** Whether an activity may have run that must not run twice. */
function isHandedOut(progress: string): boolean {
  return readProgress(progress)?.kind === "handed-out";
}

function cant({ id }: StoredWorkflow, fromStep: number, why: string): EngineError {
  return new EngineError(
    "INVALID_REQUEST",
    `Workflow ${toPublicId(id)} can't be forked from step ${fromStep}: ${why}.`,
  );
}
