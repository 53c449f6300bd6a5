import { ShortLivedMap } from "@flawless-ts/wasm-module/internal";
import { EngineError } from "../../errors.ts";
import type { StoredWorkflow, WorkflowStore } from "../../store/workflow-store.ts";
import { toPublicId } from "../../workflow/workflow-id.ts";

/** A workflow that was created for a key. */
export interface BegunStart {
  readonly workflow: StoredWorkflow;
  readonly durable: Promise<void>;
}

/** Creates at most one workflow for each idempotency key, whoever starts it. */
export class KeyedStarts {
  readonly #store: Pick<WorkflowStore, "workflowByIdempotencyKey">;
  /** Starts that the store may not know yet. */
  readonly #underWay = new ShortLivedMap<string, Promise<StoredWorkflow | undefined>>();

  constructor(store: Pick<WorkflowStore, "workflowByIdempotencyKey">) {
    this.#store = store;
  }

  /**
   * @param begin creates the workflow, if there is none with the key; returns undefined if it no longer wants to
   * @returns the workflow of the key, created now or earlier; undefined if `begin` did not create one
   */
  async once(
    key: string,
    begin: () => BegunStart | undefined,
  ): Promise<StoredWorkflow | undefined> {
    for (;;) {
      const underWay = this.#underWay.get(key);
      if (underWay === undefined) {
        return this.#begin(key, begin);
      }
      const known = await underWay;
      if (known !== undefined) {
        return known;
      }
    }
  }

  /** The workflow of a key, even if the store does not know it yet; undefined if there is none. */
  async find(key: string): Promise<StoredWorkflow | undefined> {
    return (await this.#underWay.get(key)) ?? this.#store.workflowByIdempotencyKey(key);
  }

  #begin(key: string, begin: () => BegunStart | undefined): Promise<StoredWorkflow | undefined> {
    const forget = (): unknown => this.#underWay.delete(key);
    const workflow = (async () => {
      const known = await this.#store.workflowByIdempotencyKey(key);
      const begun = known === undefined ? begin() : undefined;
      if (begun === undefined) {
        forget();
      } else {
        begun.durable.then(forget, forget);
      }
      return known ?? begun?.workflow;
    })();
    workflow.catch(forget);
    this.#underWay.set(key, workflow);
    return workflow;
  }
}

/** @throws EngineError `IDEMPOTENCY_CONFLICT` if another request started the key's workflow */
export function assertSameStart(
  key: string,
  { id, module, version, workflow, input, run }: StoredWorkflow,
  request: Pick<StoredWorkflow, "module" | "version" | "workflow" | "input">,
): void {
  const sameStart =
    module === request.module &&
    version === request.version &&
    workflow === request.workflow &&
    // A workflow that continued as new has another input by now.
    (input === request.input || run > 1);
  if (!sameStart) {
    throw new EngineError(
      "IDEMPOTENCY_CONFLICT",
      `The idempotency key ${JSON.stringify(key)} was used to start another workflow, ${toPublicId(id)}. Use another key.`,
    );
  }
}
