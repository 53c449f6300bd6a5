import { EngineError } from "../../errors.ts";
import type { WorkflowStore, StoredWorkflow } from "../../store/workflow-store.ts";
import type { RunRegistry } from "../runs/index.ts";
import type { StartRequest } from "../types.ts";
import { toPublicId } from "../../workflow/workflow-id.ts";

interface BegunStart {
  readonly workflow: StoredWorkflow;
  readonly durable: Promise<void>;
}

/** Starts at most one workflow for each idempotency key. */
export class IdempotentStarts {
  readonly #store: WorkflowStore;
  readonly #registry: RunRegistry;
  /** Starts that the journal may not know yet. */
  readonly #underWay = new Map<string, Promise<StoredWorkflow>>();

  constructor(store: WorkflowStore, registry: RunRegistry) {
    this.#store = store;
    this.#registry = registry;
  }

  /**
   * @returns the id of the workflow, started now or earlier
   * @throws EngineError `IDEMPOTENCY_CONFLICT` where the key was used for another start
   */
  async start(
    key: string,
    request: StartRequest,
    moduleHash: string,
    detached: boolean,
  ): Promise<number> {
    const underWay =
      this.#underWay.get(key) ?? this.#begin(key, this.#find(key, request, moduleHash, detached));
    const known = await underWay;
    assertSameStart(key, known, request);
    return known.id;
  }

  #begin(key: string, found: Promise<BegunStart>): Promise<StoredWorkflow> {
    const workflow = found.then((start) => start.workflow);
    this.#underWay.set(key, workflow);
    const forget = (): unknown => this.#underWay.delete(key);
    found.then((start) => start.durable).then(forget, forget);
    return workflow;
  }

  async #find(
    key: string,
    request: StartRequest,
    moduleHash: string,
    detached: boolean,
  ): Promise<BegunStart> {
    const known = await this.#store.workflowByIdempotencyKey(key);
    if (known !== undefined) {
      return { workflow: known, durable: Promise.resolve() };
    }
    const { record } = this.#registry.launch(request, moduleHash, detached);
    return { workflow: record.workflow, durable: this.#registry.committer.commit(record) };
  }
}

/** @throws EngineError `IDEMPOTENCY_CONFLICT` where the key's workflow was started by another request */
export function assertSameStart(
  key: string,
  { id, module, version, workflow, input, run }: StoredWorkflow,
  request: StartRequest,
): void {
  const sameStart =
    module === request.module &&
    version === request.version &&
    workflow === request.workflow &&
    // One that went on anew has another input by now.
    (input === request.input || run > 1);
  if (!sameStart) {
    throw new EngineError(
      "IDEMPOTENCY_CONFLICT",
      `The idempotency key ${JSON.stringify(key)} was used to start another workflow, ${toPublicId(id)}. Use another key.`,
    );
  }
}
