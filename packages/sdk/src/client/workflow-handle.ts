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
import type { WorkflowConnection } from "../connection/connection.ts";
import { withTimeout, type CallOptions, type CallScope } from "../http/call-scope.ts";
import { checkedText } from "../options/checks.ts";
import { keyPrefix } from "../connection/key-prefix.ts";
import { resultOf } from "../connection/response-of.ts";
import type { CancelOptions } from "./endings.ts";
import type { ClientParts } from "./client-parts.ts";
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

/** Arguments of `send` after the message's type: its data may be omitted if it may be `undefined`. */
export type MessageArguments<Data> = undefined extends Data
  ? [data?: Data, options?: CallOptions]
  : [data: Data, options?: CallOptions];

/** Arguments of `update` after the update's type: its data may be omitted if it may be `undefined`. */
export type UpdateArguments<Data> = undefined extends Data
  ? [data?: Data, options?: UpdateOptions]
  : [data: Data, options?: UpdateOptions];

/** Identifies the workflow that was started with an idempotency key. */
export interface WorkflowKey {
  /** 1 to 255 visible ASCII characters. */
  readonly key: string;
}

const workflowKeyNames = optionNames<WorkflowKey>({ key: true });

/** A workflow on the server, by its id or its idempotency key. It may have ended; the handle's methods look it up. */
export class WorkflowHandle<
  C extends Contract = UntypedContract,
  W extends WorkflowNames<C> = WorkflowNames<C>,
> {
  /**
   * `wkf_` and a short string. For a handle made from an idempotency key: `key:` and the key, which the server accepts,
   * too; `info()` returns the id.
   */
  readonly id: string;
  /** The workflow's name; `null` if the handle was made from an id alone. */
  readonly workflow: W | null;
  readonly #parts: ClientParts;
  readonly #connection: WorkflowConnection;
  readonly #binding: WorkflowBinding<C, W>;

  /** @internal */
  constructor(parts: ClientParts, binding: WorkflowBinding<C, W>, id: string | WorkflowKey) {
    this.id = typeof id === "object" && id !== null ? addressOf(id) : checkedText("id", id);
    this.workflow = binding.workflow;
    this.#parts = parts;
    this.#connection = parts.connection;
    this.#binding = binding;
  }

  /**
   * Sends a message, which is kept until the workflow receives it. Never sent twice: after a connection failure with
   * `maybeSent`, it may or may not have arrived.
   *
   * @throws {ContractError} when the message violates the contract.
   * @throws {NotJsonError} when it cannot be written as JSON.
   * @throws {NotFoundError | ConflictError} when there is no such workflow, or when it has ended.
   * @throws {FlawlessError} for errors any call may throw: no connection, timeout, abort, refusal, unexpected response.
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
        const json = await jsonText(this.#parts, checked, `The message "${type}"`);
        await this.#connection.send(this.id, type, json, scope);
      },
    );
  }

  /**
   * Sends an update, a message the workflow replies to with `update.reply(value)`, and waits for the reply, however
   * long that takes. A request repeated by the client, or with the same `idempotencyKey`, is the same update: the
   * workflow gets it once, and every request gets the reply.
   *
   * @param rest the update's data, and options. `timeoutMs` is how long to wait (default: forever, whatever the
   * client's); a timeout does not withdraw the update.
   * @throws {ContractError} when the data or the reply violates the contract.
   * @throws {NotJsonError} when the data cannot be written as JSON.
   * @throws {UpdateRejectedError} when the workflow replied with an error.
   * @throws {NotFoundError} when there is no such workflow.
   * @throws {ConflictError} when it has ended, before the update or without a reply; or when the key was used for
   * another update.
   * @throws {FlawlessTimeoutError} if there is no reply in time.
   * @throws {NotSupportedByServerError} from the original server.
   * @throws {FlawlessError} for errors any call may throw.
   */
  async update<U extends UpdateTypes<C, W>>(
    type: U,
    ...rest: UpdateArguments<UpdateInputOf<C, W, U>>
  ): Promise<UpdateOutputOf<C, W, U>> {
    const [data, options = {}] = rest as [data: UpdateInputOf<C, W, U>, options?: UpdateOptions];
    const { update } = await this.#parts.rare();
    return await update(this.#connection, this.#binding, this.id, type, data, options);
  }

  /**
   * Gets the workflow's status, and which workflows it is a restart of or was restarted as.
   *
   * @throws {NotFoundError} when there is no such workflow.
   * @throws {NotSupportedByServerError} from the original server.
   * @throws {FlawlessError} for errors any call may throw.
   */
  async info(options: CallOptions = {}): Promise<WorkflowDetails> {
    return await inCall(
      this.#connection,
      [`Asking for the state of ${this.id}`, options],
      (scope) => this.#connection.workflow(this.id, scope),
    );
  }

  /**
   * Reads the state the workflow published with `context.setState`. It stays readable after the workflow ends.
   *
   * @returns `undefined` if it has published none.
   * @throws {ContractError} when the state violates the contract.
   * @throws {NotFoundError} when there is no such workflow.
   * @throws {NotSupportedByServerError} from the original server.
   * @throws {FlawlessError} for errors any call may throw.
   */
  async state(options: CallOptions = {}): Promise<StateOf<C, W> | undefined> {
    const { readState } = await this.#parts.rare();
    return await readState(this.#connection, this.#binding, this.id, options);
  }

  /**
   * Gets what the workflow has done so far.
   *
   * @throws {NotFoundError} when there is no such workflow.
   * @throws {NotSupportedByServerError} from the original server.
   * @throws {FlawlessError} for errors any call may throw.
   */
  async journal(options: CallOptions = {}): Promise<WorkflowJournal> {
    return await inCall(
      this.#connection,
      [`Asking for the journal of ${this.id}`, options],
      (scope) => this.#connection.journal(this.id, scope),
    );
  }

  /**
   * Gets all that is needed to replay the workflow on another build of its module: its journal as exact JSON strings.
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
   * Asks the workflow to cancel: whatever it waits for ends with a `CancelledError`, and it may undo its work within
   * the server's limit (`compensatingMs`, 1 minute). A workflow whose module doesn't support this ends immediately.
   * Asking again is harmless.
   *
   * @param options with `tree: true`, all its descendants are cancelled, too, even if it has ended itself. It must be a
   * workflow that a client started.
   * @returns its status afterwards: `running`, with a `cancelBy`, if it was asked.
   * @throws {NotFoundError | ConflictError} when there is no such workflow, or when it has ended.
   * @throws {NotSupportedByServerError} from the original server.
   * @throws {FlawlessError} for errors any call may throw.
   */
  async cancel(options: CancelOptions = {}): Promise<WorkflowInfo> {
    const { endWorkflow } = await this.#parts.rare();
    return await endWorkflow(this.#connection, this.id, "cancel", options);
  }

  /**
   * Terminates the workflow: it ends immediately, without even compensating.
   *
   * @param options as for `cancel`.
   * @returns its status afterwards: `cancelled`.
   * @throws as `cancel` does.
   */
  async terminate(options: CancelOptions = {}): Promise<WorkflowInfo> {
    const { endWorkflow } = await this.#parts.rare();
    return await endWorkflow(this.#connection, this.id, "terminate", options);
  }

  /**
   * Starts a new workflow with the module, version, name and input of this one, which has ended. If it continued as
   * new, that is the input of its last run. The start is durable once the promise resolves. This workflow doesn't
   * change; `info()` of each names the other. A retried request starts it only once.
   *
   * @returns the new workflow.
   * @throws {NotFoundError} when there is no such workflow, or its module is no longer deployed.
   * @throws {ConflictError} when it is still running and `terminate` is not set, or when the key was used for another
   * request.
   * @throws {NotSupportedByServerError} from the original server.
   * @throws {FlawlessError} for errors any call may throw.
   */
  async restart(options: RestartOptions = {}): Promise<WorkflowHandle<C, W>> {
    const { restart } = await this.#parts.rare();
    return this.#again(await restart(this.#connection, this.id, options));
  }

  /**
   * Starts a new workflow that takes over the first steps of this one, which has ended, and continues from there,
   * possibly on another version of the module. The new workflow is first replayed on these steps; then the rest is done
   * again. Otherwise like `restart`.
   *
   * @returns the new workflow.
   * @throws {InvalidOptionError} when `fromStep` is not an integer of at least 0.
   * @throws {InvalidRequestError} when it has fewer steps with answers.
   * @throws {ConflictError} also when the module does something else in those steps (`serverCode` is
   * `REPLAY_MISMATCH`).
   * @throws as `restart` does.
   */
  async fork(options: ForkOptions): Promise<WorkflowHandle<C, W>> {
    const { fork } = await this.#parts.rare();
    return this.#again(await fork(this.#connection, this.id, options));
  }

  /**
   * Waits for the workflow's response, not for its end, however long that takes. The response may have come long ago.
   *
   * @param options `timeoutMs` is how long to wait. Default: forever, whatever the client's.
   * @returns `null` if it ends without a response.
   * @throws {ContractError} when the response violates the contract.
   * @throws {WorkflowFailedError | WorkflowCancelledError} when it ended before it responded.
   * @throws {FlawlessTimeoutError} if it has not responded in time.
   * @throws {NotFoundError} when there is no such workflow.
   * @throws {NotSupportedByServerError} from the original server.
   * @throws {FlawlessError} for errors any call may throw.
   */
  response(options: CallOptions = {}): Promise<ResponseOf<C, W>> {
    return this.#wait("response", options, async (scope) => {
      const text = await this.#connection.response(this.id, scope);
      return await readResponse(this.#binding, this.id, text, this.#connection.url);
    });
  }

  /**
   * Waits for the workflow to end, however long that takes, and returns its response, typed by the contract. It may
   * have ended long ago; any process that knows its id or key can ask. {@link response} does not wait for the end.
   *
   * @param options `timeoutMs` is how long to wait. Default: forever, whatever the client's.
   * @returns `null` if it ended without a response.
   * @throws {ContractError} when the response violates the contract.
   * @throws {WorkflowFailedError | WorkflowCancelledError} when it ended that way, even after it had responded.
   * @throws {FlawlessTimeoutError} if it has not ended in time.
   * @throws {NotFoundError} when there is no such workflow.
   * @throws {NotSupportedByServerError} from the original server.
   * @throws {FlawlessError} for errors any call may throw.
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
   * @param options `timeoutMs` is how long to wait. Default: forever, whatever the client's.
   * @throws {FlawlessTimeoutError} if the workflow has not ended in time.
   * @throws {NotFoundError} when there is no such workflow.
   * @throws {NotSupportedByServerError} from the original server.
   * @throws {FlawlessError} for errors any call may throw.
   */
  completion(options: CallOptions = {}): Promise<Completion> {
    return this.#wait("end", options, async (scope) => {
      const { status, error } = await this.#connection.completion(this.id, scope);
      // The connection waits until it no longer runs.
      return completionOf(status as Completion["status"], error);
    });
  }

  #again(id: string): WorkflowHandle<C, W> {
    return new WorkflowHandle(this.#parts, this.#binding, id);
  }

  #wait<Value>(
    what: "response" | "end",
    options: CallOptions,
    work: (scope: CallScope) => Promise<Value>,
  ): Promise<Value> {
    const action = `Waiting for the ${what} of ${this.id}`;
    const ask = async (): Promise<Value> =>
      await inCall(
        this.#connection,
        [action, withTimeout(options, Infinity), "unlimited", "The workflow keeps running."],
        work,
      );
    return this.#connection.whenAwaited?.(ask) ?? ask();
  }
}

/** The id for the server's routes. */
function addressOf(by: WorkflowKey): string {
  refuseUnknownOptions(by, workflowKeyNames);
  checkKey(by.key, "key");
  return `${keyPrefix}${by.key}`;
}

function completionOf(status: Completion["status"], error: WorkflowFailure | null): Completion {
  if (status !== "failed") return { status };
  return { status, error: error ?? { code: "UNKNOWN", message: "The server does not tell why." } };
}
