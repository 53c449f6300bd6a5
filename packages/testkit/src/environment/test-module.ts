import {
  validateInput,
  type Contract,
  type InputOf,
  type UntypedContract,
  type WorkflowNames,
} from "@flawless-ts/wasm-module";
import { writeJson } from "@flawless-ts/sdk";
import type { Backend } from "./backend.ts";
import { TestRun } from "./test-run.ts";

/** Arguments of `start` after the workflow's name: none where the workflow takes no input. */
export type InputArguments<Input> = undefined extends Input ? [input?: Input] : [input: Input];

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
   */
  async start<W extends WorkflowNames<C>>(
    workflow: W,
    ...[input]: InputArguments<InputOf<C, W>>
  ): Promise<TestRun<C, W>> {
    const contract = this.#contract;
    const value =
      contract === null ? input : await validateInput(contract, workflow, input as InputOf<C, W>);
    const { name: module, version } = this;
    const id = await this.#backend.start({
      module,
      version,
      workflow,
      input: writeJson(value ?? null),
    });
    const run = new TestRun<C, W>(this.#backend, contract, workflow, id);
    this.#onStart(run as unknown as TestRun<C>);
    return run;
  }
}
