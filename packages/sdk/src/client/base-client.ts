import type { Contract, UntypedContract } from "@flawless-ts/wasm-module";
import { InvalidOptionError } from "@flawless-ts/wasm-module/internal/client";
import type { CheckedContract } from "./by-contract.ts";
import type { ClientParts } from "./client-parts.ts";
import { DeployedModule } from "./deployed-module.ts";
import { WorkflowHandle, type WorkflowKey } from "./workflow-handle.ts";

/** What `Flawless` and `WorkflowClient` have in common, for functions that take either. */
export abstract class BaseClient implements AsyncDisposable {
  readonly #parts: ClientParts;

  /** @internal */
  constructor(parts: ClientParts) {
    this.#parts = parts;
  }

  /**
   * The server's URL, without a trailing slash; with several nodes, the one in use. For a ticket, the start of the
   * endpoint's id, which is safe to log.
   */
  get url(): string {
    return this.#parts.connection.url;
  }

  /** A module that is already deployed, typed by its contract. Sends no request. */
  module<C extends Contract>(contract: CheckedContract<C>): DeployedModule<C>;
  /**
   * A module that is already deployed, by name and version. Sends no request.
   *
   * @throws {InvalidOptionError} when either is empty.
   */
  module(name: string, version: string): DeployedModule;
  module<C extends Contract>(
    contractOrName: CheckedContract<C> | string,
    version = "",
  ): DeployedModule<C> | DeployedModule {
    if (typeof contractOrName === "string") {
      return new DeployedModule<UntypedContract>(this.#parts, null, contractOrName, version);
    }
    const { contract, checks } = contractOrName ?? {};
    if (!contract?.workflows || !checks) {
      throw new InvalidOptionError(
        "contract",
        "expected a contract, for `WorkflowClient` the result of `checked(contract)`.",
      );
    }
    return new DeployedModule(this.#parts, contractOrName, contract.name, contract.version);
  }

  /**
   * A handle for a workflow, by its id or by the idempotency key it was started with. Sends no request: the handle's
   * methods look the workflow up. `DeployedModule.workflow` returns a typed one.
   *
   * @throws {InvalidOptionError} when the id is empty or the key is invalid.
   */
  workflow(id: string | WorkflowKey): WorkflowHandle {
    return new WorkflowHandle<UntypedContract>(this.#parts, { contract: null, workflow: null }, id);
  }

  /** Ends all pending calls with a {@link ClientClosedError} and closes the connections. */
  async close(): Promise<void> {
    await this.#parts.connection.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}
