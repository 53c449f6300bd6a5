import type {
  Contract,
  InputOf,
  ResponseOf,
  UntypedContract,
  WorkflowNames,
} from "@flawless-ts/wasm-module";
import { Effect } from "effect";
import type { DeployedModule, StartOptions } from "../client/deployed-module.ts";
import type { StartedWorkflow } from "../client/started-workflow.ts";
import type { InvalidOptionsError } from "../errors/index.ts";
import { attempt } from "./attempt.ts";
import type { StartError } from "./client-errors.ts";
import { EffectWorkflow, StartedEffectWorkflow } from "./effect-workflow.ts";
import { trySync } from "./try-sync.ts";

/** Options of `start`. */
export type EffectStartOptions = Omit<StartOptions, "signal">;

/** Arguments of `start` after the workflow's name: the input may be left out where it may be `undefined`. */
export type EffectStartArguments<Input> = undefined extends Input
  ? [input?: Input, options?: EffectStartOptions & { readonly detached?: false | undefined }]
  : [input: Input, options?: EffectStartOptions & { readonly detached?: false | undefined }];

/** A module on the server: starts its workflows. `DeployedModule` with effects. */
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

  /** Starts a workflow without waiting for its response. */
  start<W extends WorkflowNames<C>>(
    workflow: W,
    input: InputOf<C, W>,
    options: EffectStartOptions & { readonly detached: true },
  ): Effect.Effect<StartedEffectWorkflow<C, W, null>, StartError>;
  /** Starts a workflow and waits for its response. Interruption ends the waiting, not the workflow. */
  start<W extends WorkflowNames<C>>(
    workflow: W,
    ...rest: EffectStartArguments<InputOf<C, W>>
  ): Effect.Effect<StartedEffectWorkflow<C, W>, StartError>;
  start<W extends WorkflowNames<C>>(
    workflow: W,
    ...rest: readonly unknown[]
  ): Effect.Effect<StartedEffectWorkflow<C, W, ResponseOf<C, W> | null>, StartError> {
    const [input, options] = rest as [input: InputOf<C, W>, options?: EffectStartOptions];
    const started = attempt<StartedWorkflow<C, W, ResponseOf<C, W> | null>, StartError>(
      "Flawless.start",
      (signal) =>
        // `detached` only tells which of both types the response has; the caller's overload has settled that.
        this.#module.start(workflow, input, { ...options, signal } as StartOptions & {
          readonly detached: true;
        }),
    );
    return Effect.map(started, (run) => new StartedEffectWorkflow(run));
  }

  /** A handle for a workflow of this module that was started before. Asks the server nothing. */
  workflow<W extends WorkflowNames<C>>(
    workflow: W,
    id: string,
  ): Effect.Effect<EffectWorkflow<C, W>, InvalidOptionsError> {
    return trySync(() => new EffectWorkflow(this.#module.workflow(workflow, id)));
  }
}
