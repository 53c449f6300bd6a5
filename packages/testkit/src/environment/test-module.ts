import type { Execution, StartArguments, WorkflowInfo, WorkflowKey } from "@flawless-ts/sdk";
import {
  DeployedModule,
  lazilyChecked,
  loadRare,
  WorkflowHandle,
  type CheckedContract,
  type WorkflowBinding,
} from "@flawless-ts/sdk/internal";
import type {
  Contract,
  InputOf,
  MessageTypes,
  UntypedContract,
  WorkflowNames,
} from "@flawless-ts/wasm-module";
import type { InProcessConnection } from "./in-process-connection.ts";
import type { RunWaits } from "./run-waits.ts";

/** A workflow in an environment: a client's handle, plus waits that only a test can do. */
export class TestRun<
  C extends Contract = UntypedContract,
  W extends WorkflowNames<C> = WorkflowNames<C>,
> extends WorkflowHandle<C, W> {
  readonly #connection: InProcessConnection;

  /** @internal */
  constructor(
    connection: InProcessConnection,
    binding: WorkflowBinding<C, W>,
    id: string | WorkflowKey,
  ) {
    super({ connection, rare: loadRare }, binding, id);
    this.#connection = connection;
  }

  /**
   * Lets time advance until the workflow waits for a message.
   *
   * @param type of the message; default: any
   * @returns the workflow's state at that moment
   * @throws TestkitError `FLAWLESS_TESTKIT_RUN_ENDED` if it ends first, `FLAWLESS_TESTKIT_DEADLOCK` if nothing will
   * ever wake it
   */
  untilReceiving<M extends MessageTypes<C, W>>(type?: M): Promise<WorkflowInfo> {
    return this.#wait((waits, id) => waits.receiving(id, type));
  }

  /**
   * Lets time advance until the workflow sleeps.
   *
   * @returns the workflow's state at that moment
   * @throws TestkitError as `untilReceiving` does
   */
  untilSleeping(): Promise<WorkflowInfo> {
    return this.#wait((waits, id) => waits.sleeping(id));
  }

  /**
   * Lets time advance until an activity called by the workflow is running.
   *
   * @param name of the activity; default: any
   * @returns the workflow's state at that moment
   * @throws TestkitError as `untilReceiving` does
   */
  untilRunningActivity(name?: string): Promise<WorkflowInfo> {
    return this.#wait((waits, id) => waits.runningActivity(id, name));
  }

  #wait(wait: (waits: RunWaits, id: string) => Promise<WorkflowInfo>): Promise<WorkflowInfo> {
    const connection = this.#connection;
    return connection.whenAwaited(async () => {
      using scope = connection.begin(`Looking for ${this.id}`, {});
      return await wait(connection.waits, await connection.idOf(this.id, scope));
    });
  }
}

/** A module in an environment: like a client's, but its workflows are `TestRun`s. */
export class TestModule<C extends Contract = UntypedContract> extends DeployedModule<C> {
  readonly #connection: InProcessConnection;
  readonly #contract: CheckedContract<C> | null;

  /** @internal */
  constructor(connection: InProcessConnection, contract: C | null, name: string, version: string) {
    const checked = contract === null ? null : lazilyChecked(contract);
    super({ connection, rare: loadRare }, checked, name, version);
    this.#connection = connection;
    this.#contract = checked;
  }

  override async start<W extends WorkflowNames<C>>(
    workflow: W,
    ...rest: StartArguments<InputOf<C, W>>
  ): Promise<TestRun<C, W>> {
    const { id } = await super.start(workflow, ...rest);
    return this.workflow(workflow, id);
  }

  override async executeWithHandle<W extends WorkflowNames<C>>(
    workflow: W,
    ...rest: StartArguments<InputOf<C, W>>
  ): Promise<Execution<C, W> & { readonly workflow: TestRun<C, W> }> {
    const execution = await super.executeWithHandle(workflow, ...rest);
    return { ...execution, workflow: this.workflow(workflow, execution.workflow.id) };
  }

  override workflow<W extends WorkflowNames<C>>(
    workflow: W,
    id: string | WorkflowKey,
  ): TestRun<C, W> {
    return new TestRun(this.#connection, { contract: this.#contract, workflow }, id);
  }
}
