import type {
  Contract,
  MessageOf,
  MessageTypes,
  ResponseOf,
  StateOf,
  UpdateInputOf,
  UpdateOutputOf,
  UpdateTypes,
  UntypedContract,
  WorkflowNames,
} from "@flawless-ts/wasm-module";
import type { Effect } from "effect";
import type { CancelOptions } from "../client/endings.ts";
import type { UpdateOptions } from "../client/updates.ts";
import type { ForkOptions, RestartOptions } from "../client/restarts.ts";
import type {
  Completion,
  MessageArguments,
  UpdateArguments,
  WorkflowHandle,
} from "../client/workflow-handle.ts";
import type {
  WorkflowDetails,
  WorkflowHistory,
  WorkflowInfo,
  WorkflowJournal,
} from "../connection/types.ts";
import { attempt, type EffectCallOptions } from "./attempt.ts";
import type { ExtraRequestError, ResponseError, SendError, UpdateError } from "./client-errors.ts";

/** Arguments of `send` after the message's type: its data may be omitted if it may be `undefined`. */
export type EffectMessageArguments<Data> = undefined extends Data
  ? [data?: Data, options?: EffectCallOptions]
  : [data: Data, options?: EffectCallOptions];

/** Arguments of `update` after the update's type: its data may be omitted if it may be `undefined`. */
export type EffectUpdateArguments<Data> = undefined extends Data
  ? [data?: Data, options?: Omit<UpdateOptions, "signal">]
  : [data: Data, options?: Omit<UpdateOptions, "signal">];

/** A workflow on the server, by its id: `WorkflowHandle` with effects. */
export class EffectWorkflow<
  C extends Contract = UntypedContract,
  W extends WorkflowNames<C> = WorkflowNames<C>,
> {
  /** `wkf_` and a short string; for a handle made from an idempotency key, `key:` and the key. */
  readonly id: string;
  readonly #handle: WorkflowHandle<C, W>;

  /** @internal */
  constructor(handle: WorkflowHandle<C, W>) {
    this.id = handle.id;
    this.#handle = handle;
  }

  /** Sends a message; it is stored until the workflow receives it. Never sent twice. */
  send<M extends MessageTypes<C, W>>(
    type: M,
    ...rest: EffectMessageArguments<MessageOf<C, W, M>>
  ): Effect.Effect<void, SendError> {
    const [data, options] = rest as [data: MessageOf<C, W, M>, options?: EffectCallOptions];
    return attempt("Flawless.send", (signal) => {
      // The tuple is the one that `send` takes; TypeScript can't see that through the conditional type.
      const args = [data, { ...options, signal }] as MessageArguments<MessageOf<C, W, M>>;
      return this.#handle.send(type, ...args);
    });
  }

  /** Sends an update, and waits for the workflow's answer; without a `timeoutMs`, however long that takes. */
  update<U extends UpdateTypes<C, W>>(
    type: U,
    ...rest: EffectUpdateArguments<UpdateInputOf<C, W, U>>
  ): Effect.Effect<UpdateOutputOf<C, W, U>, UpdateError> {
    const [data, options] = rest as [data: UpdateInputOf<C, W, U>, options?: UpdateOptions];
    return attempt("Flawless.update", (signal) => {
      // As with `send`.
      const args = [data, { ...options, signal }] as UpdateArguments<UpdateInputOf<C, W, U>>;
      return this.#handle.update(type, ...args);
    });
  }

  /** Gets the workflow's status. */
  info(options?: EffectCallOptions): Effect.Effect<WorkflowDetails, ExtraRequestError> {
    return attempt("Flawless.info", (signal) => this.#handle.info({ ...options, signal }));
  }

  /** Reads the state that the workflow published; `undefined` if there is none. */
  state(options?: EffectCallOptions): Effect.Effect<StateOf<C, W> | undefined, ResponseError> {
    return attempt("Flawless.state", (signal) => this.#handle.state({ ...options, signal }));
  }

  /** Gets what the workflow has done so far. */
  journal(options?: EffectCallOptions): Effect.Effect<WorkflowJournal, ExtraRequestError> {
    return attempt("Flawless.journal", (signal) => this.#handle.journal({ ...options, signal }));
  }

  /** Asks the workflow to cancel, or ends it if its module doesn't support that, and returns its status afterwards. */
  cancel(options?: Omit<CancelOptions, "signal">): Effect.Effect<WorkflowInfo, ExtraRequestError> {
    return attempt("Flawless.cancel", (signal) => this.#handle.cancel({ ...options, signal }));
  }

  /** Terminates the workflow immediately, and returns its status afterwards. */
  terminate(
    options?: Omit<CancelOptions, "signal">,
  ): Effect.Effect<WorkflowInfo, ExtraRequestError> {
    return attempt("Flawless.terminate", (signal) =>
      this.#handle.terminate({ ...options, signal }),
    );
  }

  /** Starts a new workflow with the module, version, name and input of this one, which has ended. */
  restart(
    options?: Omit<RestartOptions, "signal">,
  ): Effect.Effect<EffectWorkflow<C, W>, ExtraRequestError> {
    return attempt("Flawless.restart", async (signal) => {
      return new EffectWorkflow(await this.#handle.restart({ ...options, signal }));
    });
  }

  /** Starts a new workflow that takes over the first steps of this one, which has ended, and continues from there. */
  fork(
    options: Omit<ForkOptions, "signal">,
  ): Effect.Effect<EffectWorkflow<C, W>, ExtraRequestError> {
    return attempt("Flawless.fork", async (signal) => {
      return new EffectWorkflow(await this.#handle.fork({ ...options, signal }));
    });
  }

  /** Gets everything needed to replay the workflow on another build of its module. */
  history(options?: EffectCallOptions): Effect.Effect<WorkflowHistory, ExtraRequestError> {
    return attempt("Flawless.history", (signal) => this.#handle.history({ ...options, signal }));
  }

  /** Waits for the workflow's response; without a `timeoutMs`, however long that takes. */
  response(options?: EffectCallOptions): Effect.Effect<ResponseOf<C, W>, ResponseError> {
    return attempt("Flawless.response", (signal) => this.#handle.response({ ...options, signal }));
  }

  /** Waits for the workflow's end, and returns its response; without a `timeoutMs`, however long that takes. */
  result(options?: EffectCallOptions): Effect.Effect<ResponseOf<C, W>, ResponseError> {
    return attempt("Flawless.result", (signal) => this.#handle.result({ ...options, signal }));
  }

  /** Waits until the workflow has ended; without a `timeoutMs`, however long that takes. */
  completion(options?: EffectCallOptions): Effect.Effect<Completion, ExtraRequestError> {
    return attempt("Flawless.completion", (signal) =>
      this.#handle.completion({ ...options, signal }),
    );
  }
}
