import {
  messageToSend,
  validateResponse,
  type Contract,
  type MessageOf,
  type MessageTypes,
  type ResponseOf,
  type UntypedContract,
  type WorkflowNames,
} from "@flawless-ts/wasm-module";
import type {
  HistoryStep,
  WorkflowFailure,
  WorkflowHistory,
  WorkflowInfo,
} from "@flawless-ts/server";
import { parseJson, writeJson } from "@flawless-ts/sdk";
import type { Backend } from "./backend.ts";
import type { DataArguments } from "./test-module.ts";
import { whenAwaited } from "./when-awaited.ts";

/** How a workflow ended. */
export type TestCompletion =
  | { readonly status: "completed" }
  | { readonly status: "failed"; readonly error: WorkflowFailure }
  | { readonly status: "cancelled" };

/** A workflow that a test has started. */
export class TestRun<
  C extends Contract = UntypedContract,
  W extends WorkflowNames<C> = WorkflowNames<C>,
> {
  readonly id: string;
  readonly workflow: W;
  readonly #backend: Backend;
  readonly #contract: C | null;

  /** @internal */
  constructor(backend: Backend, contract: C | null, workflow: W, id: string) {
    this.#backend = backend;
    this.#contract = contract;
    this.workflow = workflow;
    this.id = id;
  }

  /**
   * Waits for what the workflow responds; `null` where it ends without a response. Time skips only while the promise is
   * awaited: one that is kept for later changes nothing.
   *
   * @throws EngineError `WORKFLOW_FAILED` or `WORKFLOW_CANCELLED` where that comes first
   * @throws TestkitError `TESTKIT_DEADLOCK` where nothing will ever wake the workflow
   * @throws ContractError where the response does not keep to the contract
   */
  response(): Promise<ResponseOf<C, W>> {
    return whenAwaited(() => this.#response());
  }

  async #response(): Promise<ResponseOf<C, W>> {
    const text = await this.#backend.response(this.id);
    const value = text === null ? null : parseJson(text);
    const contract = this.#contract;
    return contract === null
      ? (value as ResponseOf<C, W>)
      : await validateResponse(contract, this.workflow, value, this.id);
  }

  /**
   * Waits for the workflow's end, as {@link TestRun.response} does for its response.
   * @throws TestkitError `TESTKIT_DEADLOCK` where nothing will ever wake the workflow
   */
  completion(): Promise<TestCompletion> {
    return whenAwaited(() => this.#completion());
  }

  async #completion(): Promise<TestCompletion> {
    const { status, error } = await this.#backend.completion(this.id);
    if (status === "failed") {
      return { status, error: error ?? { code: "PANIC", message: "the server gives no reason" } };
    }
    return { status: status === "cancelled" ? "cancelled" : "completed" };
  }

  /**
   * Sends a message. It waits in the workflow's mailbox until it is received.
   * @throws EngineError `WORKFLOW_ENDED`
   * @throws ContractError where the message does not keep to the contract
   * @throws NotJsonError where it holds what JSON can't
   */
  async send<M extends MessageTypes<C, W>>(
    type: M,
    ...[data]: DataArguments<MessageOf<C, W, M>>
  ): Promise<void> {
    const contract = this.#contract;
    const message = data as MessageOf<C, W, M>;
    const value =
      contract === null
        ? message
        : await messageToSend(contract, this.workflow, type, message, this.id);
    await this.#backend.send(this.id, type, writeJson(value, `The message "${type}"`));
  }

  /** @throws EngineError `WORKFLOW_ENDED` */
  async cancel(): Promise<void> {
    await this.#backend.cancel(this.id);
  }

  /** The workflow's state, and what it waits for. */
  async status(): Promise<WorkflowInfo> {
    return this.#backend.info(this.id);
  }

  /** What the workflow did so far, step by step; `call` and `answer` are JSON texts. */
  async journal(): Promise<readonly HistoryStep[]> {
    return (await this.history()).steps;
  }

  /** All that is needed to replay the workflow on another build of its module. */
  async history(): Promise<WorkflowHistory> {
    return this.#backend.history(this.id);
  }
}
