import {
  inputToSend,
  parseJson,
  validateResponse,
  writeJson,
  type Contract,
  type InputOf,
  type ResponseOf,
  type UntypedContract,
  type WorkflowNames,
} from "@flawless-ts/wasm-module";
import { InvalidOptionsError, UnexpectedAnswerError } from "../errors/index.ts";
import type { CallOptions } from "../http/call-scope.ts";
import { checkedText } from "../options.ts";
import type { ServerApi } from "../server-api/server-api.ts";
import { StartedWorkflow } from "./started-workflow.ts";
import { WorkflowHandle } from "./workflow-handle.ts";

/** Options of `start`. Its `timeoutMs` is none by default, unless the client has one. */
export interface StartOptions extends CallOptions {
  /**
   * Starts once: another start with the same key gives the workflow of the first. Makes it harmless to repeat the
   * request, so that it is. 1 to 255 visible ASCII characters. Not supported by the original server.
   */
  readonly idempotencyKey?: string | undefined;
  /** Does not wait for the response, only until the start is durable. Default `false`. Not supported by the original server. */
  readonly detached?: boolean | undefined;
  /**
   * Names the request in the server's log (`X-Request-Id`), so that it can be found from the caller's. 1 to 128 ASCII
   * letters, digits and `_ . : -`. Default: the server makes one up.
   */
  readonly requestId?: string | undefined;
}

/** Arguments of `start` after the workflow's name: the input may be left out where it may be `undefined`. */
export type StartArguments<Input> = undefined extends Input
  ? [input?: Input, options?: StartOptions & { readonly detached?: false | undefined }]
  : [input: Input, options?: StartOptions & { readonly detached?: false | undefined }];

/** A module on the server: starts its workflows. */
export class DeployedModule<C extends Contract = UntypedContract> {
  readonly name: string;
  readonly version: string;
  readonly #api: ServerApi;
  readonly #contract: C | null;

  /** @internal */
  constructor(api: ServerApi, contract: C | null, name: string, version: string) {
    this.name = checkedText("name", name);
    this.version = checkedText("version", version);
    this.#api = api;
    this.#contract = contract;
  }

  /**
   * Starts a workflow without waiting for its response.
   *
   * @param input `undefined` for a workflow without input.
   * @throws as the other form does.
   */
  start<W extends WorkflowNames<C>>(
    workflow: W,
    input: InputOf<C, W>,
    options: StartOptions & { readonly detached: true },
  ): Promise<StartedWorkflow<C, W, null>>;
  /**
   * Starts a workflow and waits for its response: not for its end, and not at all if it does not respond.
   *
   * Repeated only with an `idempotencyKey`, or while the server cannot be reached at all: after a connection failure
   * with `maybeSent` the workflow may run.
   *
   * @throws {ContractError} when input or response do not keep to the contract; with `workflowId` it runs all the same.
   * @throws {NotJsonError} when the input cannot be written as JSON.
   * @throws {NotFoundError} when the server has no such module, version or workflow.
   * @throws {WorkflowFailedError | WorkflowCancelledError} when it ended before it responded.
   * @throws {NotSupportedByServerError} when an option is none of the original server's.
   * @throws {FlawlessError} for what can befall any call: no connection, time-out, abortion, refusal, unexpected answer.
   */
  start<W extends WorkflowNames<C>>(
    workflow: W,
    ...rest: StartArguments<InputOf<C, W>>
  ): Promise<StartedWorkflow<C, W>>;
  async start<W extends WorkflowNames<C>>(
    workflow: W,
    ...rest: readonly unknown[]
  ): Promise<StartedWorkflow<C, W, ResponseOf<C, W> | null>> {
    const [input, options = {}] = rest as [input: InputOf<C, W>, options?: StartOptions];
    const { idempotencyKey, detached = false, requestId } = options;
    checkedText("workflow", workflow);
    if (idempotencyKey !== undefined) checkKey(idempotencyKey);
    if (requestId !== undefined) checkRequestId(requestId);
    using scope = this.#api.transport.begin(
      `Starting the workflow "${workflow}" of ${this.name} ${this.version}`,
      options,
      "unlimited",
      "The workflow may run all the same. Give it more time by `timeoutMs`, or do not wait for its response: `detached: true`.",
    );
    const checked =
      this.#contract === null ? input : await inputToSend(this.#contract, workflow, input);
    const text = writeJson(checked, `The input of the workflow "${workflow}"`);
    const started = await this.#api.start(
      { module: this.name, version: this.version, workflow, input: text },
      { idempotencyKey, detached, requestId },
      scope,
    );
    const response = detached
      ? null
      : await this.#readResponse(workflow, started.id, started.response);
    const binding = { contract: this.#contract, workflow };
    return new StartedWorkflow(this.#api, binding, {
      id: started.id,
      response,
      responseText: started.response,
    });
  }

  /**
   * A handle for a workflow of this module that was started before, such as by another process. Asks the server nothing.
   *
   * @throws {InvalidOptionsError} when the id is empty.
   */
  workflow<W extends WorkflowNames<C>>(workflow: W, id: string): WorkflowHandle<C, W> {
    return new WorkflowHandle(this.#api, { contract: this.#contract, workflow }, id);
  }

  async #readResponse<W extends WorkflowNames<C>>(
    workflow: W,
    id: string,
    text: string | null,
  ): Promise<ResponseOf<C, W>> {
    const value = text === null ? null : this.#parseResponse(workflow, id, text);
    // Without a contract every response is `unknown`.
    if (this.#contract === null) return value as ResponseOf<C, W>;
    return await validateResponse(this.#contract, workflow, value, id);
  }

  #parseResponse(workflow: string, id: string, text: string): unknown {
    const { url } = this.#api.transport.options;
    try {
      return parseJson(text);
    } catch (cause) {
      const bodyStart = text.slice(0, 200);
      const message = `Expected JSON, but the workflow "${workflow}" (${id}) responded with ${JSON.stringify(bodyStart)}.`;
      throw new UnexpectedAnswerError(message, { url, status: 200, bodyStart }, { cause });
    }
  }
}

function checkKey(key: string): void {
  if (typeof key === "string" && /^[\x21-\x7e]{1,255}$/.test(key)) return;
  throw new InvalidOptionsError(
    "idempotencyKey",
    `expected 1 to 255 visible ASCII characters, but got ${JSON.stringify(key)}.`,
  );
}

// What @flawless-ts/server takes; it makes up an id of its own for others.
function checkRequestId(id: string): void {
  if (typeof id === "string" && /^[\w.:-]{1,128}$/.test(id)) return;
  throw new InvalidOptionsError(
    "requestId",
    `expected 1 to 128 ASCII letters, digits and _ . : - but got ${JSON.stringify(id)}.`,
  );
}
