import type {
  Contract,
  InputOf,
  ResponseOf,
  UntypedContract,
  WorkflowNames,
} from "@flawless-ts/wasm-module";
import {
  optionNames,
  refuseUnknownOptions,
  InvalidOptionError,
} from "@flawless-ts/wasm-module/internal/client";
import type { FlawlessConnection, StartManner, StartRequest } from "../connection/connection.ts";
import type { CallOptions } from "../http/call-scope.ts";
import { checkedText } from "../options.ts";
import { byContract } from "./by-contract.ts";
import { inCall } from "./in-call.ts";
import { checkKey } from "./idempotency-key.ts";
import { checkLabels } from "./labels.ts";
import { jsonText } from "./json-text.ts";
import { readResponse } from "./read-response.ts";
import { WorkflowHandle, type WorkflowKey } from "./workflow-handle.ts";

/** Options of `start` and `execute`. */
export interface StartOptions extends CallOptions {
  /**
   * Starts once: another start with the same key gives the workflow of the first. Makes it harmless to repeat the
   * request, so that it is. 1 to 255 visible ASCII characters. Not supported by the original server.
   */
  readonly idempotencyKey?: string | undefined;
  /**
   * By which the workflow is found in lists: up to 16 short texts, such as `{ customer: "c-7" }`. Keys are 1 to 64 ASCII
   * letters, digits and `_ . : / -`, values have up to 256 characters; keys that begin with `flawless:` are the server's.
   * Default: none. Not supported by the original server.
   */
  readonly labels?: Readonly<Record<string, string>> | undefined;
  /**
   * Names the request in the server's log (`X-Request-Id`), so that it can be found from the caller's. 1 to 128 ASCII
   * letters, digits and `_ . : -`. Default: the server makes one up.
   */
  readonly requestId?: string | undefined;
}

const startOptionNames = optionNames<StartOptions>({
  signal: true,
  timeoutMs: true,
  idempotencyKey: true,
  labels: true,
  requestId: true,
});

/** Arguments of `start` after the workflow's name: the input may be left out where it may be `undefined`. */
export type StartArguments<Input> = undefined extends Input
  ? [input?: Input, options?: StartOptions]
  : [input: Input, options?: StartOptions];

/** A workflow that was executed. */
export interface Execution<C extends Contract, W extends WorkflowNames<C>> {
  readonly workflow: WorkflowHandle<C, W>;
  /** Whether it responded at all; `false`: it ended without. */
  readonly responded: boolean;
  /** What it responded, as the contract's schema gives it; `null` where it ended without a response. */
  readonly response: ResponseOf<C, W>;
}

const startAdvice = "The workflow may run all the same. Give it more time by `timeoutMs`";

/** A module on the server: starts its workflows. */
export class DeployedModule<C extends Contract = UntypedContract> {
  readonly name: string;
  readonly version: string;
  readonly #connection: FlawlessConnection;
  readonly #contract: C | null;

  /** @internal */
  constructor(connection: FlawlessConnection, contract: C | null, name: string, version: string) {
    this.name = checkedText("name", name);
    this.version = checkedText("version", version);
    this.#connection = connection;
    this.#contract = contract;
  }

  /**
   * Starts a workflow, and never waits for it: the start is durable when the promise is settled.
   *
   * Repeated only with an `idempotencyKey`, or while the server cannot be reached at all: after a connection failure
   * with `maybeSent` the workflow may run.
   *
   * @returns a handle, whose `response()` waits for the response.
   * @throws {ContractError} when the input does not keep to the contract.
   * @throws {NotJsonError} when the input cannot be written as JSON.
   * @throws {NotFoundError} when the server has no such module, version or workflow.
   * @throws {NotSupportedByServerError} from the original server, which can only start and wait: see {@link execute}.
   * @throws {FlawlessError} for errors that any call may throw: no connection, time-out, abort, refusal, unexpected answer.
   */
  async start<W extends WorkflowNames<C>>(
    workflow: W,
    ...[input, options = {}]: StartArguments<InputOf<C, W>>
  ): Promise<WorkflowHandle<C, W>> {
    const { manner, call } = checkedManner(workflow, options);
    return await inCall(
      this.#connection,
      [
        `Starting the workflow "${workflow}" of ${this.name} ${this.version}`,
        call,
        "usual",
        `${startAdvice}.`,
      ],
      async (scope) => {
        const request = await this.#requestFor(workflow, input as InputOf<C, W>, options.labels);
        const id = await this.#connection.start(request, manner, scope);
        return this.workflow(workflow, id);
      },
    );
  }

  /**
   * Starts a workflow and waits for its response: not for its end. Also works on the original server.
   *
   * @param input `undefined` for a workflow without input.
   * @returns `null` where it ends without a response.
   * @throws {ContractError} when the response does not keep to the contract; its `workflowId` tells which workflow runs.
   * @throws {WorkflowFailedError | WorkflowCancelledError} when it ended before it responded.
   * @throws as `start` does; `NotSupportedByServerError` for an `idempotencyKey` only.
   */
  async execute<W extends WorkflowNames<C>>(
    workflow: W,
    ...rest: StartArguments<InputOf<C, W>>
  ): Promise<ResponseOf<C, W>> {
    return (await this.executeWithHandle(workflow, ...rest)).response;
  }

  /** As {@link execute}, with the workflow's handle beside its response. */
  async executeWithHandle<W extends WorkflowNames<C>>(
    workflow: W,
    ...[input, options = {}]: StartArguments<InputOf<C, W>>
  ): Promise<Execution<C, W>> {
    const { manner, call } = checkedManner(workflow, options);
    return await inCall(
      this.#connection,
      [
        `Executing the workflow "${workflow}" of ${this.name} ${this.version}`,
        call,
        "unlimited",
        `${startAdvice}, or do not wait for its response: \`start\`.`,
      ],
      async (scope) => {
        const request = await this.#requestFor(workflow, input as InputOf<C, W>, options.labels);
        const { id, response } = await this.#connection.execute(request, manner, scope);
        const binding = { contract: this.#contract, workflow };
        return {
          workflow: this.workflow(workflow, id),
          responded: response !== null,
          response: await readResponse(binding, id, response, this.#connection.url),
        };
      },
    );
  }

  /**
   * A handle for a workflow of this module that was started before, such as by another process: by its id, or by the
   * idempotency key that it was started with. Asks the server nothing.
   *
   * @throws {InvalidOptionError} when the id is empty, or the key is none.
   */
  workflow<W extends WorkflowNames<C>>(
    workflow: W,
    id: string | WorkflowKey,
  ): WorkflowHandle<C, W> {
    return new WorkflowHandle(this.#connection, { contract: this.#contract, workflow }, id);
  }

  async #requestFor<W extends WorkflowNames<C>>(
    workflow: W,
    input: InputOf<C, W>,
    labels: StartOptions["labels"],
  ): Promise<StartRequest> {
    const binding = { contract: this.#contract, workflow };
    const checked = await byContract(binding, input, (checks, contract) =>
      checks.inputToSend(contract, workflow, input),
    );
    const text = await jsonText(checked, `The input of the workflow "${workflow}"`);
    return { module: this.name, version: this.version, workflow, input: text, labels };
  }
}

function checkedManner(
  workflow: string,
  options: StartOptions,
): { readonly manner: StartManner; readonly call: CallOptions } {
  checkedText("workflow", workflow);
  refuseUnknownOptions(options, startOptionNames);
  const { idempotencyKey, labels, requestId, ...call } = options;
  if (idempotencyKey !== undefined) checkKey(idempotencyKey);
  if (labels !== undefined) checkLabels("labels", labels);
  if (requestId !== undefined) checkRequestId(requestId);
  return { manner: { idempotencyKey, requestId }, call };
}

// What @flawless-ts/server takes; it makes up an id of its own for others.
function checkRequestId(id: string): void {
  if (typeof id === "string" && /^[\w.:-]{1,128}$/.test(id)) return;
  throw new InvalidOptionError(
    "requestId",
    `expected 1 to 128 ASCII letters, digits and _ . : - but got ${JSON.stringify(id)}.`,
  );
}
