import { EngineError } from "../../errors.ts";
import type { ExecutorPool } from "../../executor/executor-pool.ts";
import type { StoredWorkflow } from "../../store/workflow-store.ts";
import {
  keyNote,
  originNote,
  readKeyed,
  restartsNote,
  withRestart,
  writeNote,
} from "../../workflow/restart-notes.ts";
import { toPublicId } from "../../workflow/workflow-id.ts";
import type { Modules } from "../modules/index.ts";
import { toWorkflowNumber } from "../requests.ts";
import type { RunRegistry, WorkflowRun } from "../runs/index.ts";
import type { ForkRequest, ModuleSummary, RestartRequest, WorkflowInfo } from "../types.ts";
import { toInfo } from "../workflow-info.ts";
import { Forks } from "./forks.ts";
import { workflowOf } from "./workflow-starts.ts";

/** One way of starting a workflow again. */
interface Again {
  /** For errors: "restarted". */
  readonly done: string;
  /** Tells requests with the same key apart. */
  readonly request: string;
  readonly fromStep: number | null;
  /**
   * Checks that it can be done. Changes nothing yet.
   * @returns a function that creates the new workflow, and saves nothing
   * @throws EngineError
   */
  prepare(old: StoredWorkflow): Promise<() => WorkflowRun>;
}

/**
 * Starts workflows again. The new workflow is in the partition of the old one, and becomes durable in one transaction
 * with the links between the two. A request that is repeated with its key therefore gets the outcome of the first.
 */
export class Restarts {
  readonly #modules: Modules;
  readonly #registry: RunRegistry;
  readonly #forks: Forks;
  /** By the number of the old one: only one request at a time changes the links of a workflow. */
  readonly #underWay = new Map<number, Promise<unknown>>();

  constructor(modules: Modules, registry: RunRegistry, executors: ExecutorPool) {
    this.#modules = modules;
    this.#registry = registry;
    this.#forks = new Forks(modules, registry, executors);
  }

  /** @throws EngineError as `Engine.restart` does */
  restart(id: string, request: RestartRequest): Promise<WorkflowInfo> {
    return this.#again(toWorkflowNumber(id), request, {
      done: "restarted",
      request: "restart",
      fromStep: null,
      prepare: async (old) => {
        const { hash } = await this.#moduleFor(old, old.version, "restarted");
        const { module, version, workflow, input, labels } = old;
        const start = { module, version, workflow, input, labels, origin: request.origin };
        return () => this.#registry.launch(start, hash, true, { from: old.id, appends: [] });
      },
    });
  }

  /** @throws EngineError as `Engine.fork` does */
  async fork(id: string, request: ForkRequest): Promise<WorkflowInfo> {
    const { fromStep, version } = request;
    if (!Number.isSafeInteger(fromStep) || fromStep < 0) {
      throw new EngineError(
        "INVALID_REQUEST",
        `Expected a step from 0 on to fork from, but got ${fromStep}.`,
      );
    }
    const on = version === undefined ? "" : ` with version ${version}`;
    return this.#again(toWorkflowNumber(id), request, {
      done: "forked",
      request: `fork from step ${fromStep}${on}`,
      fromStep,
      prepare: async (old) => {
        const module = await this.#moduleFor(old, version ?? old.version, "forked");
        return this.#forks.prepare(old, request, module);
      },
    });
  }

  async #again(number: number, request: RestartRequest, again: Again): Promise<WorkflowInfo> {
    const before = this.#underWay.get(number);
    const done = (async () => {
      await before?.catch(() => undefined);
      return this.#once(number, request, again);
    })();
    this.#underWay.set(number, done);
    try {
      return await done;
    } finally {
      if (this.#underWay.get(number) === done) {
        this.#underWay.delete(number);
      }
    }
  }

  async #once(
    number: number,
    { idempotencyKey: key, terminate = false }: RestartRequest,
    again: Again,
  ): Promise<WorkflowInfo> {
    const { committer, store } = this.#registry;
    const old = await this.#registry.stored(number);
    if (key !== undefined) {
      const known = readKeyed(await store.note(number, keyNote(key)));
      if (known !== undefined) {
        assertSameRequest(key, number, known.request, again.request);
        return toInfo(await this.#registry.stored(known.id));
      }
    }
    const isRunning = old.status === "running";
    if (isRunning && !terminate) {
      const advice = "Wait for its end, or end it with this request (terminate).";
      throw new EngineError(
        "WORKFLOW_RUNNING",
        `Workflow ${toPublicId(number)} still runs, and only one that has ended can be ${again.done}. ${advice}`,
      );
    }
    let launch = await again.prepare(old);
    if (isRunning) {
      const { record } = await this.#registry.end(number, "terminate");
      await committer.commit(record);
      // It continued meanwhile.
      launch = await again.prepare(await this.#registry.stored(number));
    }
    const restarts = await store.note(number, restartsNote);
    const { fromStep, request } = again;
    const record = committer.together(() => {
      const created = launch().record;
      const { id } = created;
      created.note(originNote, writeNote({ id: number, fromStep }));
      const note = (name: string, value: string): void =>
        created.add({ kind: "note", id: number, name, value });
      note(restartsNote, withRestart(restarts, { id, fromStep }));
      if (key !== undefined) {
        note(keyNote(key), writeNote({ id, request }));
      }
      committer.commit(created).catch(() => undefined);
      return created;
    });
    await committer.commit(record);
    return toInfo(record.workflow);
  }

  /** @throws EngineError `MODULE_NOT_FOUND`, `WORKFLOW_NOT_FOUND` */
  async #moduleFor(
    { id, module, workflow }: StoredWorkflow,
    version: string,
    done: "restarted" | "forked",
  ): Promise<ModuleSummary> {
    const isThere = (): boolean =>
      this.#modules.list().some((known) => known.name === module && known.version === version);
    if (!isThere()) {
      // Another node of the cluster may have deployed it.
      await this.#modules.load();
    }
    try {
      return workflowOf(this.#modules, { module, version, workflow });
    } catch (error) {
      if (!(error instanceof EngineError)) {
        throw error;
      }
      const advice =
        done === "restarted" ? " To start it again with another version, fork it from step 0." : "";
      throw new EngineError(
        error.code,
        `Workflow ${toPublicId(id)} can't be ${done}. ${error.message}${advice}`,
        { cause: error },
      );
    }
  }
}

/** @throws EngineError `IDEMPOTENCY_CONFLICT` */
function assertSameRequest(key: string, number: number, known: string, asked: string): void {
  if (known !== asked) {
    throw new EngineError(
      "IDEMPOTENCY_CONFLICT",
      `The idempotency key ${JSON.stringify(key)} was used for another request to start workflow ${toPublicId(number)} again (${known}). Use another key.`,
    );
  }
}
