import {
  inputToSend,
  type Contract,
  type InputOf,
  type UntypedContract,
  type WorkflowNames,
} from "@flawless-ts/wasm-module";
import { writeJson } from "@flawless-ts/sdk";
import type { Backend } from "./backend.ts";
import { TestRun } from "./test-run.ts";

/** An input, or a message's data, as an argument: it may be left out where it may be undefined. */
export type DataArguments<Data> = undefined extends Data ? [data?: Data] : [data: Data];

/** A module that a test has deployed. */
export class TestModule<C extends Contract = UntypedContract> {
  readonly name: string;
  readonly version: string;
  readonly #backend: Backend;
  readonly #contract: C | null;
  readonly #onStart: (run: TestRun<C>) => void;

  /** @internal */
  constructor(
    backend: Backend,
    contract: C | null,
    identity: { readonly name: string; readonly version: string },
    onStart: (run: TestRun<C>) => void,
  ) {
    this.#backend = backend;
    this.#contract = contract;
    this.name = identity.name;
    this.version = identity.version;
    this.#onStart = onStart;
  }

  /**
   * Starts a workflow. It does not wait for the response: `run.response()` does.
   *
   * @throws EngineError `WORKFLOW_NOT_FOUND` where the module has no such workflow
   * @throws ContractError where the input does not keep to the contract
   * @throws NotJsonError where it holds what JSON can't
   */
  async start<W extends WorkflowNames<C>>(
    workflow: W,
    ...[input]: DataArguments<InputOf<C, W>>
  ): Promise<TestRun<C, W>> {
    const contract = this.#contract;
    const value =
      contract === null ? input : await inputToSend(contract, workflow, input as InputOf<C, W>);
    const { name: module, version } = this;
    const id = await this.#backend.start({
      module,
      version,
      workflow,
      input: writeJson(value, `The input of the workflow "${workflow}"`),
    });
    const run = new TestRun<C, W>(this.#backend, contract, workflow, id);
    this.#onStart(run as unknown as TestRun<C>);
    return run;
  }
}
