import type {
  Contract,
  InputOf,
  ResponseOf,
  UntypedContract,
  WorkflowNames,
} from "@flawless-ts/wasm-module";
import { Effect } from "effect";
import type { DeployedModule, StartArguments, StartOptions } from "../client/deployed-module.ts";
import type { WorkflowHandle, WorkflowKey } from "../client/workflow-handle.ts";
import type { InvalidOptionError } from "../errors/index.ts";
import { attempt } from "./attempt.ts";
import type { StartError } from "./client-errors.ts";
import { EffectWorkflow } from "./effect-workflow.ts";
import { trySync } from "./try-sync.ts";

/** Options of `start` and `execute`. */
export type EffectStartOptions = Omit<StartOptions, "signal">;

/** Arguments of `start` after the workflow's name: the input may be omitted if it may be `undefined`. */
export type EffectStartArguments<Input> = undefined extends Input
  ? [input?: Input, options?: EffectStartOptions]
  : [input: Input, options?: EffectStartOptions];

/** A module on the server, for starting its workflows. `DeployedModule` with effects. */
export class EffectModule<C extends Contract = UntypedContract> {
  readonly name: string;
  readonly version: string;
  readonly #module: DeployedModule<C>;

  /** @internal */
  constructor(module: DeployedModule<C>) {
    this.name = module.name;
    this.version = module.version;
    this.#module = module;
  }

  /** Starts a workflow without waiting for it. */
  start<W extends WorkflowNames<C>>(
    workflow: W,
    ...[input, options]: EffectStartArguments<InputOf<C, W>>
  ): Effect.Effect<EffectWorkflow<C, W>, StartError> {
    const started = attempt<WorkflowHandle<C, W>, StartError>("Flawless.start", (signal) =>
      this.#module.start(workflow, ...startArguments(input, options, signal)),
    );
    return Effect.map(started, (handle) => new EffectWorkflow(handle));
  }

  /** Starts a workflow and waits for its response. Interruption ends the waiting, not the workflow. */
  execute<W extends WorkflowNames<C>>(
    workflow: W,
    ...[input, options]: EffectStartArguments<InputOf<C, W>>
  ): Effect.Effect<ResponseOf<C, W>, StartError> {
    return attempt("Flawless.execute", (signal) =>
      this.#module.execute(workflow, ...startArguments(input, options, signal)),
    );
  }

  /** A handle for a workflow of this module that was started earlier. Sends no request. */
  workflow<W extends WorkflowNames<C>>(
    workflow: W,
    id: string | WorkflowKey,
  ): Effect.Effect<EffectWorkflow<C, W>, InvalidOptionError> {
    return trySync(() => new EffectWorkflow(this.#module.workflow(workflow, id)));
  }
}

/** The tuple is the one that `start` takes; TypeScript can't see that through the conditional type. */
function startArguments<Input>(
  input: Input | undefined,
  options: EffectStartOptions | undefined,
  signal: AbortSignal,
): StartArguments<Input> {
  return [input, { ...options, signal }] as StartArguments<Input>;
}
