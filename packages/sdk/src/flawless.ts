import type { Contract, UntypedContract } from "@flawless-ts/wasm-module";
import { refuseUnknownOptions } from "@flawless-ts/wasm-module/internal/client";
import { BaseClient } from "./client/base-client.ts";
import type { CheckedContract } from "./client/by-contract.ts";
import type { DeployedModule } from "./client/deployed-module.ts";
import type { DeployOptions } from "./client/deploy.ts";
import { inCall } from "./client/in-call.ts";
import { lazilyChecked } from "./client/lazily-checked.ts";
import type {
  ActivityQueueOptions,
  CancelWorkflowsOptions,
  ListOptions,
  RestartWorkflowsOptions,
} from "./client/many-workflows.ts";
import type { ModuleSource } from "./client/module-source.ts";
import { Schedules } from "./client/schedules.ts";
import type { FlawlessConnection } from "./connection/connection.ts";
import { HttpConnection } from "./connection/http-connection.ts";
import type {
  ActivityQueueSummary,
  ModuleSummary,
  RestartOutcome,
  ServerHealth,
  WorkflowFilter,
  WorkflowInfo,
  WorkflowPage,
} from "./connection/types.ts";
import { withTimeout, type CallOptions } from "./http/call-scope.ts";
import { loadRare } from "./load-rare.ts";
import { resolveOptions, type FlawlessOptions } from "./options/flawless-options.ts";

/** A client's connection, for other code that uses the same server. */
export let connectionOf: (flawless: Flawless) => FlawlessConnection;

/**
 * A client of a Flawless server: the original one, or @flawless-ts/server.
 *
 * ```ts
 * await using flawless = new Flawless({ url: "http://127.0.0.1:27288" });
 * const module = await flawless.deploy("shop.wasm", { contract: shop });
 * const run = await module.start("checkout", { order: 7 });
 * console.log(run.id, await run.response());
 * ```
 *
 * Every failure is a {@link FlawlessError} with a stable `code`.
 */
export class Flawless extends BaseClient {
  /** Starts workflows at set times. Not supported by the original server. */
  readonly schedules: Schedules;
  readonly #connection: FlawlessConnection;

  static {
    connectionOf = (flawless) => flawless.#connection;
  }

  /**
   * @param options the server's URL and more, or the connection of a test environment.
   * @throws {InvalidOptionError} naming the first unknown or invalid option.
   */
  constructor(options: FlawlessOptions | { readonly connection: FlawlessConnection }) {
    const connection = connectionBy(options);
    super({ connection, rare: loadRare });
    this.#connection = connection;
    this.schedules = new Schedules(this.#connection);
  }

  /**
   * Gets the server's version.
   *
   * @throws {FlawlessError} for errors any call may throw: no connection, timeout, abort, refusal, unexpected response.
   */
  async version(options: CallOptions = {}): Promise<string> {
    return await inCall(this.#connection, ["Asking for the version", options], (scope) =>
      this.#connection.version(scope),
    );
  }

  /**
   * Gets the server's health. The request is not retried.
   *
   * @throws {NotSupportedByServerError} from the original server.
   * @throws {FlawlessError} for errors any call may throw.
   */
  async health(options: CallOptions = {}): Promise<ServerHealth> {
    return await inCall(this.#connection, ["Asking for the health", options], (scope) =>
      this.#connection.health(scope),
    );
  }

  /**
   * Waits until the server can be reached and reports that it is healthy.
   *
   * @param options its `timeoutMs` is how long to wait. Default 30,000, whatever the client's.
   * @throws {FlawlessTimeoutError} if it is not ready in time; the cause is the last failure.
   * @throws {FlawlessError} when retrying can't help.
   */
  async waitUntilReady(options: CallOptions = {}): Promise<void> {
    return await inCall(
      this.#connection,
      [
        "Waiting for the server",
        withTimeout(options, 30_000),
        "usual",
        "The cause tells what went wrong last. Was the server started (`flawless up`)?",
      ],
      (scope) => this.#connection.ready(scope),
    );
  }

  /**
   * Deploys a module. Deploying the same bytes twice is harmless, so a failed request is retried.
   *
   * @param module its bytes, or the path or `file:` URL of its `.wasm`.
   * @throws {ModuleFileError} when the file cannot be read or is empty.
   * @throws {ModuleRefusedError} when the server can't run it.
   * @throws {ConflictError} when other bytes are deployed under its name and version.
   * @throws {ContractError} when the contract is for another module or version, or names workflows the module lacks.
   * @throws {FlawlessError} for errors any call may throw: no connection, timeout, abort, refusal, unexpected response.
   */
  async deploy<C extends Contract = UntypedContract>(
    module: ModuleSource,
    options: DeployOptions<C> = {},
  ): Promise<DeployedModule<C>> {
    const { deploy } = await loadRare();
    const { name, version } = await deploy(this.#connection, module, options);
    const { contract } = options;
    // Without a contract, `C` is the default.
    return contract === undefined
      ? (this.module(name, version) as DeployedModule<Contract> as DeployedModule<C>)
      : this.module(contract);
  }

  /** A module that is already deployed, typed by its contract. Sends no request. */
  override module<C extends Contract>(contract: C | CheckedContract<C>): DeployedModule<C>;
  /**
   * A module that is already deployed, by name and version. Sends no request.
   *
   * @throws {InvalidOptionError} when either is empty.
   */
  override module(name: string, version: string): DeployedModule;
  override module<C extends Contract>(
    contractOrName: C | CheckedContract<C> | string,
    version = "",
  ): DeployedModule<C> | DeployedModule {
    if (typeof contractOrName === "string") return super.module(contractOrName, version);
    return super.module(isChecked(contractOrName) ? contractOrName : lazilyChecked(contractOrName));
  }

  /**
   * Lists one page of workflows, newest first. Without an index for the conditions, the server scans up to 5,000
   * workflows per page and sets `searched`: the page may be short or empty, and `cursor` continues. `workflows` reads
   * all pages.
   *
   * @throws {InvalidOptionError} when `limit` is not a positive integer.
   * @throws {NotSupportedByServerError} from the original server.
   * @throws {FlawlessError} for errors any call may throw.
   */
  async listWorkflows(options: ListOptions = {}): Promise<WorkflowPage> {
    const { listWorkflows } = await loadRare();
    return await listWorkflows(this.#connection, options);
  }

  /**
   * Lists all workflows that match, page by page; each page is fetched when the one before is used up.
   *
   * ```ts
   * for await (const { id } of flawless.workflows({ labels: { customer: "c-7" }, status: "failed" })) console.log(id);
   * ```
   *
   * @param options its `limit` is the page's size, its `timeoutMs` the time for each page.
   * @throws as `listWorkflows` does, while iterating.
   */
  async *workflows(
    options: WorkflowFilter & CallOptions = {},
  ): AsyncGenerator<WorkflowInfo, void, undefined> {
    let cursor: string | undefined;
    do {
      const page: WorkflowPage = await this.listWorkflows({ ...options, cursor });
      yield* page.workflows;
      cursor = page.cursor ?? undefined;
    } while (cursor !== undefined);
  }

  /**
   * Cancels running workflows, newest first. Workflows they started keep running; `cancel({ tree: true })` on a handle
   * cancels those, too.
   *
   * @param options `dryRun: true` only counts them; `timeoutMs` is the time for each thousand.
   * @returns how many were cancelled, or would be with `dryRun`.
   * @throws {InvalidRequestError} when no condition is given.
   * @throws {NotSupportedByServerError} from the original server.
   * @throws {FlawlessError} for errors any call may throw.
   */
  async cancelWorkflows(options: CancelWorkflowsOptions): Promise<number> {
    const { endWorkflows } = await loadRare();
    return await endWorkflows(this.#connection, "cancel", options);
  }

  /**
   * Terminates running workflows, newest first: they end immediately. Workflows they started keep running.
   *
   * @param options as for `cancelWorkflows`.
   * @returns how many were terminated, or would be with `dryRun`.
   * @throws as `cancelWorkflows` does.
   */
  async terminateWorkflows(options: CancelWorkflowsOptions): Promise<number> {
    const { endWorkflows } = await loadRare();
    return await endWorkflows(this.#connection, "terminate", options);
  }

  /**
   * Restarts workflows that ended with the given status, newest first, each like `restart` on a handle. Those that
   * can't be restarted are counted and listed; the rest are restarted.
   *
   * ```ts
   * const { count, failures } = await flawless.restartWorkflows({ status: "failed", module: "shop" });
   * ```
   *
   * @param options `dryRun: true` only counts them; `timeoutMs` is the time for each thousand.
   * @throws {InvalidOptionError} when the key is invalid.
   * @throws {InvalidRequestError} when the status is not that of an ended workflow.
   * @throws {NotSupportedByServerError} from the original server.
   * @throws {FlawlessError} for errors any call may throw: some may have been restarted by then. Call again with the
   * same `idempotencyKey` to do the rest.
   */
  async restartWorkflows(options: RestartWorkflowsOptions): Promise<RestartOutcome> {
    const { restartWorkflows } = await loadRare();
    return await restartWorkflows(this.#connection, options);
  }

  /**
   * Lists the activity queues, with their workers and oldest tasks.
   *
   * @param options `tasks`: how many tasks to return per queue, up to 1,000. Default 20.
   * @throws {NotSupportedByServerError} from the original server.
   * @throws {FlawlessError} for errors any call may throw.
   */
  async listActivityQueues(
    options: ActivityQueueOptions = {},
  ): Promise<readonly ActivityQueueSummary[]> {
    const { listActivityQueues } = await loadRare();
    return await listActivityQueues(this.#connection, options);
  }

  /**
   * Lists the deployed modules.
   *
   * @throws {NotSupportedByServerError} from the original server.
   * @throws {FlawlessError} for errors any call may throw.
   */
  async listModules(options: CallOptions = {}): Promise<readonly ModuleSummary[]> {
    return await inCall(this.#connection, ["Listing modules", options], (scope) =>
      this.#connection.modules(scope),
    );
  }
}

function isChecked<C extends Contract>(
  contract: C | CheckedContract<C>,
): contract is CheckedContract<C> {
  // Callers without types may pass no object at all.
  return "checks" in Object(contract);
}

/** @throws {InvalidOptionError} naming the first unknown or invalid option. */
function connectionBy(
  options: FlawlessOptions | { readonly connection: FlawlessConnection },
): FlawlessConnection {
  if (typeof options === "object" && options !== null && "connection" in options) {
    refuseUnknownOptions(options, { connection: true });
    return options.connection;
  }
  return new HttpConnection(resolveOptions(options));
}
