import { EngineError } from "../../errors.ts";
import type { EngineLimits } from "../limits.ts";
import type { Modules } from "../modules/index.ts";
import { assertJson, assertLabels, assertText } from "../requests.ts";
import { assertKeyOfCaller } from "../schedule-key.ts";
import { assertSameStart, type RunRegistry } from "../runs/index.ts";
import type { ModuleSummary, StartOptions, StartRequest, StartResult } from "../types.ts";
import { toPublicId } from "../../workflow/workflow-id.ts";
import { endWithoutResponse } from "../workflow-info.ts";
import type { WorkflowRun } from "../runs/index.ts";

/**
 * @returns the module of a start
 * @throws EngineError `MODULE_NOT_FOUND`, `WORKFLOW_NOT_FOUND`, `INVALID_REQUEST`
 */
export function assertStartable(
  modules: Pick<Modules, "find">,
  limits: Pick<EngineLimits, "textCharacters">,
  request: StartRequest,
): ModuleSummary {
  const module = workflowOf(modules, request);
  assertText("input", request.input, limits.textCharacters);
  assertJson("input", request.input);
  return module;
}

/** Starts workflows, and waits for their responses. */
export class WorkflowStarts {
  readonly #modules: Modules;
  readonly #registry: RunRegistry;
  readonly #limits: EngineLimits;

  constructor(modules: Modules, registry: RunRegistry) {
    this.#modules = modules;
    this.#registry = registry;
    this.#limits = registry.limits;
  }

  /** @throws EngineError as `Engine.start` does */
  async start(request: StartRequest, options: StartOptions): Promise<StartResult> {
    assertKeyOfCaller(request.idempotencyKey);
    const { hash } = assertStartable(this.#modules, this.#limits, request);
    if (request.labels !== undefined) {
      assertLabels(request.labels);
    }
    const detached = options.detached === true;
    const key = request.idempotencyKey;
    if (key === undefined) {
      const run = this.#registry.launch(request, hash, detached);
      options.onStarted?.(toPublicId(run.id));
      return this.#finish(run, options);
    }
    const id = await this.#startOnce(key, request, hash, detached);
    const result = await this.#registry.withRun(id, (run) => this.#finish(run, options));
    return await result;
  }

  /** @throws EngineError `IDEMPOTENCY_CONFLICT` if the key was used for another start */
  async #startOnce(
    key: string,
    request: StartRequest,
    moduleHash: string,
    detached: boolean,
  ): Promise<number> {
    const { committer, keyedStarts } = this.#registry;
    let known;
    do {
      // Again if a workflow wanted to start it, but ended before it did.
      known = await keyedStarts.once(key, () => {
        const { record } = this.#registry.launch(request, moduleHash, detached);
        return { workflow: record.workflow, durable: committer.commit(record) };
      });
    } while (known === undefined);
    assertSameStart(key, known, request);
    return known.id;
  }

  async #finish(run: WorkflowRun, options: StartOptions): Promise<StartResult> {
    const id = toPublicId(run.id);
    const { response } = run.record.state;
    if (options.detached === true || response !== null || run.ended) {
      await this.#registry.committer.commit(run.record);
      const error = response === null ? endWithoutResponse(run.record.workflow) : null;
      if (error !== null && options.detached !== true) {
        throw error;
      }
      return { id, response: options.detached === true ? null : response };
    }
    run.setCallerPresent(true);
    const answer = this.#registry.responses.wait(run.id, options.signal, () => run.callerLeft());
    return { id, response: await answer };
  }
}

/**
 * The module of a workflow to start.
 * @throws EngineError `MODULE_NOT_FOUND`, `WORKFLOW_NOT_FOUND`
 */
export function workflowOf(
  modules: Pick<Modules, "find">,
  { module: name, version, workflow }: Pick<StartRequest, "module" | "version" | "workflow">,
): ModuleSummary {
  const module = modules.find(name, version);
  if (!module.workflows.includes(workflow)) {
    const known = module.workflows.join(", ");
    throw new EngineError(
      "WORKFLOW_NOT_FOUND",
      `Module ${module.name} ${module.version} has no workflow ${JSON.stringify(workflow)}, only ${known}.`,
    );
  }
  return module;
}
