import {
  messageToSend,
  writeJson,
  type MessageOf,
  type MessageTypes,
  type UntypedContract,
  type Contract,
  type WorkflowNames,
} from "@flawless-ts/wasm-module";
import type { CallOptions } from "../http/call-scope.ts";
import { checkedText } from "../options.ts";
import type { ServerApi } from "../server-api/server-api.ts";
import type { WorkflowFailure, WorkflowInfo, WorkflowJournal } from "../server-api/types.ts";

/** Options of `cancel`. */
export interface CancelOptions extends CallOptions {
  /** Whether to cancel all that descend from it, too. Default false. */
  readonly tree?: boolean | undefined;
}

/** How a workflow ended. */
export type Completion =
  | { readonly status: "completed" }
  | { readonly status: "failed"; readonly error: WorkflowFailure }
  | { readonly status: "cancelled" };

/** Arguments of `send` after the message's type: its data may be left out where it may be `undefined`. */
export type MessageArguments<Data> = undefined extends Data
  ? [data?: Data, options?: CallOptions]
  : [data: Data, options?: CallOptions];

/** What a workflow is known to take; `contract` is `null` without one. */
export interface WorkflowBinding<C extends Contract, W extends WorkflowNames<C>> {
  readonly contract: C | null;
  readonly workflow: W | null;
}

/** How long one question for a workflow's end is left open: shorter than most proxies' patience. */
const pollMs = 25_000;
/** Between two of them, lest a server that answers at once be flooded. */
const pollPauseMs = 100;

/** A workflow on the server, by its id. It need not run any more, and is looked up only by the calls. */
export class WorkflowHandle<
  C extends Contract = UntypedContract,
  W extends WorkflowNames<C> = WorkflowNames<C>,
> {
  /** `wkf_` and a short text. */
  readonly id: string;
  readonly #api: ServerApi;
  readonly #binding: WorkflowBinding<C, W>;

  /** @internal */
  constructor(api: ServerApi, binding: WorkflowBinding<C, W>, id: string) {
    this.id = checkedText("id", id);
    this.#api = api;
    this.#binding = binding;
  }

  /**
   * Sends a message; it is kept until the workflow receives it. Never sent twice: after a connection failure with
   * `maybeSent` it may have arrived or not.
   *
   * @throws {ContractError} when the message does not keep to the contract.
   * @throws {NotJsonError} when it cannot be written as JSON.
   * @throws {NotFoundError | ConflictError} when there is no such workflow, or it has ended.
   * @throws {FlawlessError} for what can befall any call: no connection, time-out, abortion, refusal, unexpected answer.
   */
  async send<M extends MessageTypes<C, W>>(
    type: M,
    ...rest: MessageArguments<MessageOf<C, W, M>>
  ): Promise<void> {
    const [data, options = {}] = rest as [data: MessageOf<C, W, M>, options?: CallOptions];
    checkedText("type", type);
    using scope = this.#api.transport.begin(`Sending the message "${type}" to ${this.id}`, options);
    const { contract, workflow } = this.#binding;
    const bound = contract !== null && workflow !== null;
    const checked = bound ? await messageToSend(contract, workflow, type, data, this.id) : data;
    const json = writeJson(checked, `The message "${type}"`);
    await this.#api.sendMessage(this.id, type, json, scope);
  }

  /**
   * Tells the workflow's state.
   *
   * @throws {NotFoundError} when there is no such workflow.
   * @throws {NotSupportedByServerError} from the original server.
   * @throws {FlawlessError} for what can befall any call.
   */
  async status(options: CallOptions = {}): Promise<WorkflowInfo> {
    using scope = this.#api.transport.begin(`Asking for the state of ${this.id}`, options);
    return await this.#api.workflow(this.id, scope);
  }

  /**
   * Shows what the workflow did so far.
   *
   * @throws {NotFoundError} when there is no such workflow.
   * @throws {NotSupportedByServerError} from the original server.
   * @throws {FlawlessError} for what can befall any call.
   */
  async journal(options: CallOptions = {}): Promise<WorkflowJournal> {
    using scope = this.#api.transport.begin(`Asking for the journal of ${this.id}`, options);
    return await this.#api.journal(this.id, scope);
  }

  /**
   * Cancels the workflow: it does nothing more.
   *
   * @param options with `tree: true` all workflows that descend from it are cancelled, too, also where it has ended itself.
   * That needs the workflow that a caller started.
   * @returns its state after that.
   * @throws {NotFoundError | ConflictError} when there is no such workflow, or it has ended.
   * @throws {NotSupportedByServerError} from the original server.
   * @throws {FlawlessError} for what can befall any call.
   */
  async cancel(options: CancelOptions = {}): Promise<WorkflowInfo> {
    using scope = this.#api.transport.begin(`Cancelling ${this.id}`, options);
    return await this.#api.cancel(this.id, options.tree === true, scope);
  }

  /**
   * Waits until the workflow has ended, however long that takes.
   *
   * @param options its `timeoutMs` is how long to wait. Default: without end, whatever the client's.
   * @throws {FlawlessTimeoutError} when the workflow has not ended by then.
   * @throws {NotFoundError} when there is no such workflow.
   * @throws {NotSupportedByServerError} from the original server.
   * @throws {FlawlessError} for what can befall any call.
   */
  async completion(options: CallOptions = {}): Promise<Completion> {
    const { signal, timeoutMs = Infinity } = options;
    using scope = this.#api.transport.begin(
      `Waiting for the end of ${this.id}`,
      { signal, timeoutMs },
      "unlimited",
      "The workflow goes on.",
    );
    for (;;) {
      const waitMs = Math.max(1, Math.ceil(Math.min(pollMs, scope.remainingMs)));
      const info = await this.#api.wait(this.id, waitMs, scope);
      if (info.status !== "running") return completionOf(info.status, info.error);
      await this.#api.transport.pause(pollPauseMs, scope);
    }
  }
}

function completionOf(status: Completion["status"], error: WorkflowFailure | null): Completion {
  if (status !== "failed") return { status };
  return { status, error: error ?? { code: "UNKNOWN", message: "The server does not tell why." } };
}
