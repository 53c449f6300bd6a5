import type {
  MessageOf,
  MessageTypes,
  ResponseOf,
  StateOf,
  UpdateInputOf,
  UpdateOutputOf,
  UpdateTypes,
  UntypedContract,
  Contract,
  WorkflowNames,
} from "@flawless-ts/wasm-module";
import { optionNames, refuseUnknownOptions } from "@flawless-ts/wasm-module/internal/client";
import type { FlawlessConnection } from "../connection/connection.ts";
import type { CallOptions, CallScope } from "../http/call-scope.ts";
import { checkedText } from "../options.ts";
import { keyPrefix } from "../connection/key-prefix.ts";
import { resultOf } from "../connection/response-of.ts";
import type { CancelOptions } from "./endings.ts";
import { byContract, type WorkflowBinding } from "./by-contract.ts";
import { inCall } from "./in-call.ts";
import { checkKey } from "./idempotency-key.ts";
import type { UpdateOptions } from "./updates.ts";
import type { ForkOptions, RestartOptions } from "./restarts.ts";
import { jsonText } from "./json-text.ts";
import { readResponse } from "./read-response.ts";
import type {
  WorkflowDetails,
  WorkflowFailure,
  WorkflowHistory,
  WorkflowInfo,
  WorkflowJournal,
} from "../connection/types.ts";

/** How a workflow ended. */
export type Completion =
  | { readonly status: "completed" }
  | { readonly status: "failed"; readonly error: WorkflowFailure }
  | { readonly status: "cancelled" };

/** Arguments of `send` after the message's type: its data may be left out where it may be `undefined`. */
export type MessageArguments<Data> = undefined extends Data
  ? [data?: Data, options?: CallOptions]
  : [data: Data, options?: CallOptions];

/** Arguments of `update` after the update's type: its data may be left out where it may be `undefined`. */
export type UpdateArguments<Data> = undefined extends Data
  ? [data?: Data, options?: UpdateOptions]
  : [data: Data, options?: UpdateOptions];

/** Names the workflow that was started with an idempotency key. */
export interface WorkflowKey {
  /** 1 to 255 visible ASCII characters. */
  readonly key: string;
}

const workflowKeyNames = optionNames<WorkflowKey>({ key: true });

/** A workflow on the server, by its id or its idempotency key. It need not run any more, and is looked up only by the calls. */
export class WorkflowHandle<
  C extends Contract = UntypedContract,
  W extends WorkflowNames<C> = WorkflowNames<C>,
> {
  /**
   * `wkf_` and a short text. Of a handle by an idempotency key: `key:` and the key, by which the server knows it, too;
   * `info()` tells the id.
   */
  readonly id: string;
  /** The workflow's name; `null` where the handle was made by an id alone. */
  readonly workflow: W | null;
  readonly #connection: FlawlessConnection;
  readonly #binding: WorkflowBinding<C, W>;

  /** @internal */
  constructor(
    connection: FlawlessConnection,
    binding: WorkflowBinding<C, W>,
    id: string | WorkflowKey,
  ) {
    this.id = typeof id === "object" && id !== null ? addressOf(id) : checkedText("id", id);
    this.workflow = binding.workflow;
    this.#connection = connection;
    this.#binding = binding;
  }

  /**
   * Sends a message; it is kept until the workflow receives it. Never sent twice: after a connection failure with
   * `maybeSent` it may have arrived or not.
   *
   * @throws {ContractError} when the message does not keep to the contract.
   * @throws {NotJsonError} when it cannot be written as JSON.
   * @throws {NotFoundError | ConflictError} when there is no such workflow, or it has ended.
   * @throws {FlawlessError} for errors that any call may throw: no connection, time-out, abort, refusal, unexpected answer.
   */
  async send<M extends MessageTypes<C, W>>(
    type: M,
    ...rest: MessageArguments<MessageOf<C, W, M>>
  ): Promise<void> {
    const [data, options = {}] = rest as [data: MessageOf<C, W, M>, options?: CallOptions];
    checkedText("type", type);
    return await inCall(
      this.#connection,
      [`Sending the message "${type}" to ${this.id}`, options],
      async (scope) => {
        const checked = await byContract(this.#binding, data, (checks, contract, name) =>
          checks.messageToSend(contract, name, type, data, this.id),
        );
        const json = await jsonText(checked, `The message "${type}"`);
        await this.#connection.send(this.id, type, json, scope);
      },
    );
  }

  /**
   * Sends an update: a message that the workflow answers, by `update.reply(value)`. Waits for the answer, however long that
   * takes. A request that is repeated, by the client or with the same `idempotencyKey`, is the same update: the workflow gets
   * it once, and each gets its answer.
   *
   * @param rest the update's data, and options. Their `timeoutMs` is how long to wait (default: without end, whatever the
   * client's); the update is not taken back then.
   * @throws {ContractError} when data or answer do not keep to the contract.
   * @throws {NotJsonError} when the data cannot be written as JSON.
   * @throws {UpdateRejectedError} when the workflow answered with an error.
   * @throws {NotFoundError} when there is no such workflow.
   * @throws {ConflictError} when it has ended, also without answering; or the key was used for another update.
   * @throws {FlawlessTimeoutError} when there is no answer by then.
   * @throws {NotSupportedByServerError} from the original server.
   * @throws {FlawlessError} for errors that any call may throw.
   */
  async update<U extends UpdateTypes<C, W>>(
    type: U,
    ...rest: UpdateArguments<UpdateInputOf<C, W, U>>
  ): Promise<UpdateOutputOf<C, W, U>> {
    const [data, options = {}] = rest as [data: UpdateInputOf<C, W, U>, options?: UpdateOptions];
    const { update } = await import("../rare.ts");
    return await update(this.#connection, this.#binding, this.id, type, data, options);
  }

  /**
   * Tells the workflow's state, and which workflows it was started again from, or as.
   *
   * @throws {NotFoundError} when there is no such workflow.
   * @throws {NotSupportedByServerError} from the original server.
   * @throws {FlawlessError} for errors that any call may throw.
   */
  async info(options: CallOptions = {}): Promise<WorkflowDetails> {
    return await inCall(
      this.#connection,
      [`Asking for the state of ${this.id}`, options],
      (scope) => this.#connection.workflow(this.id, scope),
    );
  }

  /**
   * Reads what the workflow has published of itself, by `context.setState`. It stays readable after the workflow's end.
   *
   * @returns `undefined` where it has published nothing.
   * @throws {ContractError} when the state does not keep to the contract.
   * @throws {NotFoundError} when there is no such workflow.
   * @throws {NotSupportedByServerError} from the original server.
   * @throws {FlawlessError} for errors that any call may throw.
   */
  async state(options: CallOptions = {}): Promise<StateOf<C, W> | undefined> {
    const { readState } = await import("../rare.ts");
    return await readState(this.#connection, this.#binding, this.id, options);
  }

  /**
   * Shows what the workflow did so far.
   *
   * @throws {NotFoundError} when there is no such workflow.
   * @throws {NotSupportedByServerError} from the original server.
   * @throws {FlawlessError} for errors that any call may throw.
   */
  async journal(options: CallOptions = {}): Promise<WorkflowJournal> {
    return await inCall(
      this.#connection,
      [`Asking for the journal of ${this.id}`, options],
      (scope) => this.#connection.journal(this.id, scope),
    );
  }

  /**
   * All that is needed to replay the workflow on another build of its module: its journal as exact JSON texts.
   *
   * @throws as `journal` does.
   */
  async history(options: CallOptions = {}): Promise<WorkflowHistory> {
    return await inCall(
      this.#connection,
      [`Asking for the history of ${this.id}`, options],
      (scope) => this.#connection.history(this.id, scope),
    );
  }

  /**
   * Asks the workflow to cancel: what it waits for ends with a `CancelledError`, and it may undo what it did within the
   * server's limit (`compensatingMs`, 1 minute). One whose module does not hear of that is ended at once. It may be asked
   * again.
   *
   * @param options with `tree: true` all workflows that descend from it are cancelled, too, also where it has ended itself.
   * That needs the workflow that a caller started.
   * @returns its state after that: `running`, with a `cancelBy`, where it was asked.
   * @throws {NotFoundError | ConflictError} when there is no such workflow, or it has ended.
   * @throws {NotSupportedByServerError} from the original server.
   * @throws {FlawlessError} for errors that any call may throw.
   */
  async cancel(options: CancelOptions = {}): Promise<WorkflowInfo> {
    const { endWorkflow } = await import("../rare.ts");
    return await endWorkflow(this.#connection, this.id, "cancel", options);
  }

  /**
   * Ends the workflow at once: it does nothing more, and compensates for nothing.
   *
   * @param options as for `cancel`.
   * @returns its state after that: `cancelled`.
   * @throws as `cancel` does.
   */
  async terminate(options: CancelOptions = {}): Promise<WorkflowInfo> {
    const { endWorkflow } = await import("../rare.ts");
    return await endWorkflow(this.#connection, this.id, "terminate", options);
  }

  /**
   * Starts a new workflow with the module, version, name and input of this one, which has ended. Of one that went on anew,
   * that is the input of its last run. It is durable when the promise is settled, and nothing of this one is changed; `info()`
   * of both tells of the other. A request that the client repeats starts nothing more.
   *
   * @returns the new workflow.
   * @throws {NotFoundError} when there is no such workflow, or its module is not deployed any more.
   * @throws {ConflictError} when it still runs, and `terminate` is not set; or the key was used for another request.
   * @throws {NotSupportedByServerError} from the original server.
   * @throws {FlawlessError} for errors that any call may throw.
   */
  async restart(options: RestartOptions = {}): Promise<WorkflowHandle<C, W>> {
    const { restart } = await import("../rare.ts");
    return this.#again(await restart(this.#connection, this.id, options));
  }

  /**
   * Starts a new workflow that takes over the first steps of this one, which has ended, and goes on from there: what came
   * after them is done again, perhaps on another version of the module. That is replayed on these steps before anything is
   * done. Otherwise as `restart`.
   *
   * @returns the new workflow.
   * @throws {InvalidOptionError} when `fromStep` is no whole number from 0 on.
   * @throws {InvalidRequestError} when there are not so many steps with answers.
   * @throws {ConflictError} also when the module does something else in these steps (`serverCode` is `REPLAY_MISMATCH`).
   * @throws as `restart` does.
   */
  async fork(options: ForkOptions): Promise<WorkflowHandle<C, W>> {
    const { fork } = await import("../rare.ts");
    return this.#again(await fork(this.#connection, this.id, options));
  }

  /**
   * Waits for the workflow's response, however long that takes: not for its end. It may have come long ago.
   *
   * @param options its `timeoutMs` is how long to wait. Default: without end, whatever the client's.
   * @returns `null` where it ends without a response.
   * @throws {ContractError} when the response does not keep to the contract.
   * @throws {WorkflowFailedError | WorkflowCancelledError} when it ended before it responded.
   * @throws {FlawlessTimeoutError} when it has not responded by then.
   * @throws {NotFoundError} when there is no such workflow.
   * @throws {NotSupportedByServerError} from the original server.
   * @throws {FlawlessError} for errors that any call may throw.
   */
  response(options: CallOptions = {}): Promise<ResponseOf<C, W>> {
    return this.#wait("response", options, async (scope) => {
      const text = await this.#connection.response(this.id, scope);
      return await readResponse(this.#binding, this.id, text, this.#connection.url);
    });
  }

  /**
   * Waits for the workflow's end, however long that takes, and gives what it responded, as the contract has it. It may have ended
   * long ago; any process that knows its id or key can ask. {@link response} does not wait for the end.
   *
   * @param options its `timeoutMs` is how long to wait. Default: without end, whatever the client's.
   * @returns `null` where it ended without a response.
   * @throws {ContractError} when the response does not keep to the contract.
   * @throws {WorkflowFailedError | WorkflowCancelledError} when that is how it ended, also after it had responded.
   * @throws {FlawlessTimeoutError} when it has not ended by then.
   * @throws {NotFoundError} when there is no such workflow.
   * @throws {NotSupportedByServerError} from the original server.
   * @throws {FlawlessError} for errors that any call may throw.
   */
  result(options: CallOptions = {}): Promise<ResponseOf<C, W>> {
    return this.#wait("end", options, async (scope) => {
      const { url } = this.#connection;
      const text = resultOf(await this.#connection.completion(this.id, scope), url);
      return await readResponse(this.#binding, this.id, text, url);
    });
  }

  /**
   * Waits until the workflow has ended, however long that takes.
   *
   * @param options its `timeoutMs` is how long to wait. Default: without end, whatever the client's.
   * @throws {FlawlessTimeoutError} when the workflow has not ended by then.
   * @throws {NotFoundError} when there is no such workflow.
   * @throws {NotSupportedByServerError} from the original server.
   * @throws {FlawlessError} for errors that any call may throw.
   */
  completion(options: CallOptions = {}): Promise<Completion> {
    return this.#wait("end", options, async (scope) => {
      const { status, error } = await this.#connection.completion(this.id, scope);
      // The connection waits until it runs no more.
      return completionOf(status as Completion["status"], error);
    });
  }

  #again(id: string): WorkflowHandle<C, W> {
    return new WorkflowHandle(this.#connection, this.#binding, id);
  }

  #wait<Value>(
    what: "response" | "end",
    { timeoutMs = Infinity, ...rest }: CallOptions,
    work: (scope: CallScope) => Promise<Value>,
  ): Promise<Value> {
    const action = `Waiting for the ${what} of ${this.id}`;
    const options = { ...rest, timeoutMs };
    const ask = (): Promise<Value> =>
      inCall(this.#connection, [action, options, "unlimited", "The workflow goes on."], work);
    return this.#connection.whenAwaited?.(ask) ?? ask();
  }
}

/** Where a server expects an id. */
function addressOf(by: WorkflowKey): string {
  refuseUnknownOptions(by, workflowKeyNames);
  checkKey(by.key, "key");
  return `${keyPrefix}${by.key}`;
}

function completionOf(status: Completion["status"], error: WorkflowFailure | null): Completion {
  if (status !== "failed") return { status };
  return { status, error: error ?? { code: "UNKNOWN", message: "The server does not tell why." } };
}
