import type { Contract, UntypedContract } from "@flawless-ts/wasm-module";
import { refuseUnknownOptions } from "@flawless-ts/wasm-module/internal/client";
import { DeployedModule } from "./client/deployed-module.ts";
import type { DeployOptions } from "./client/deploy.ts";
import { inCall } from "./client/in-call.ts";
import type {
  ActivityQueueOptions,
  CancelWorkflowsOptions,
  ListOptions,
  RestartWorkflowsOptions,
} from "./client/many-workflows.ts";
import type { ModuleSource } from "./client/module-source.ts";
import { Schedules } from "./client/schedules.ts";
import { WorkflowHandle, type WorkflowKey } from "./client/workflow-handle.ts";
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
import type { CallOptions } from "./http/call-scope.ts";
import { Transport } from "./http/transport.ts";
import { resolveOptions, type FlawlessOptions } from "./options.ts";

/** What a client talks to: for what else talks to the same server. */
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
export class Flawless implements AsyncDisposable {
  /** Starts workflows when times come. Not supported by the original server. */
  readonly schedules: Schedules;
  readonly #connection: FlawlessConnection;

  static {
    connectionOf = (flawless) => flawless.#connection;
  }

  /**
   * @param options where the server is, or a connection of another kind: that of a test environment.
   * @throws {InvalidOptionError} naming the first option that does not exist or makes no sense.
   */
  constructor(options: FlawlessOptions | { readonly connection: FlawlessConnection }) {
    if (typeof options === "object" && options !== null && "connection" in options) {
      refuseUnknownOptions(options, { connection: true });
      this.#connection = options.connection;
    } else {
      this.#connection = new HttpConnection(new Transport(resolveOptions(options)));
    }
    this.schedules = new Schedules(this.#connection);
  }

  /**
   * Where the server is, without a slash at the end; of several nodes, the one that is asked now. Of a ticket it is the
   * beginning of the endpoint's id, fit for logs.
   */
  get url(): string {
    return this.#connection.url;
  }

  /**
   * Asks for the server's version.
   *
   * @throws {FlawlessError} for errors that any call may throw: no connection, time-out, abort, refusal, unexpected answer.
   */
  async version(options: CallOptions = {}): Promise<string> {
    return await inCall(this.#connection, ["Asking for the version", options], (scope) =>
      this.#connection.version(scope),
    );
  }

  /**
   * Asks the server how it is now: the question is not repeated.
   *
   * @throws {NotSupportedByServerError} from the original server.
   * @throws {FlawlessError} for errors that any call may throw.
   */
  async health(options: CallOptions = {}): Promise<ServerHealth> {
    return await inCall(this.#connection, ["Asking for the health", options], (scope) =>
      this.#connection.health(scope),
    );
  }

  /**
   * Waits until the server can be reached and says that it is well.
   *
   * @param options its `timeoutMs` is how long to wait. Default 30,000, whatever the client's.
   * @throws {FlawlessTimeoutError} when it is not ready by then; the cause tells what went wrong last.
   * @throws {FlawlessError} where trying again does not help.
   */
  async waitUntilReady(options: CallOptions = {}): Promise<void> {
    const { timeoutMs = 30_000, ...rest } = options;
    return await inCall(
      this.#connection,
      [
        "Waiting for the server",
        { ...rest, timeoutMs },
        "usual",
        "The cause tells what went wrong last. Was the server started (`flawless up`)?",
      ],
      (scope) => this.#connection.ready(scope),
    );
  }

  /**
   * Deploys a module. The same bytes may be deployed again, which is why the request is repeated where it fails.
   *
   * @param module its bytes, or the path or `file:` URL of its `.wasm`.
   * @throws {ModuleFileError} when the file cannot be read or is empty.
   * @throws {ModuleRefusedError} when it is no module that the server runs.
   * @throws {ConflictError} when other bytes are deployed under its name and version.
   * @throws {ContractError} when the contract is one of another module or version, or has workflows that the module lacks.
   * @throws {FlawlessError} for errors that any call may throw: no connection, time-out, abort, refusal, unexpected answer.
   */
  async deploy<C extends Contract = UntypedContract>(
    module: ModuleSource,
    options: DeployOptions<C> = {},
  ): Promise<DeployedModule<C>> {
    const { deploy } = await import("./rare.ts");
    const { name, version } = await deploy(this.#connection, module, options);
    return new DeployedModule(this.#connection, options.contract ?? null, name, version);
  }

  /** A module that is deployed already, typed by its contract. Asks the server nothing. */
  module<C extends Contract>(contract: C): DeployedModule<C>;
  /**
   * A module that is deployed already, by name and version. Asks the server nothing.
   *
   * @throws {InvalidOptionError} when one of them is empty.
   */
  module(name: string, version: string): DeployedModule;
  module<C extends Contract>(
    contractOrName: C | string,
    version = "",
  ): DeployedModule<C> | DeployedModule {
    return typeof contractOrName === "string"
      ? new DeployedModule<UntypedContract>(this.#connection, null, contractOrName, version)
      : new DeployedModule(
          this.#connection,
          contractOrName,
          contractOrName.name,
          contractOrName.version,
        );
  }

  /**
   * A handle for a workflow by its id, or by the idempotency key that it was started with. Asks the server nothing: it is
   * looked up by the calls. `DeployedModule.workflow` gives a typed one.
   *
   * @throws {InvalidOptionError} when the id is empty, or the key is none.
   */
  workflow(id: string | WorkflowKey): WorkflowHandle {
    return new WorkflowHandle<UntypedContract>(
      this.#connection,
      { contract: null, workflow: null },
      id,
    );
  }

  /**
   * Lists one page of workflows, newest first. Where no index tells what matches, the server looks through 5,000 workflows for
   * a page, and says so by `searched`: the page may be short, or empty, and `cursor` goes on. `workflows` goes through all pages.
   *
   * @throws {InvalidOptionError} when `limit` is no whole number above 0.
   * @throws {NotSupportedByServerError} from the original server.
   * @throws {FlawlessError} for errors that any call may throw.
   */
  async listWorkflows(options: ListOptions = {}): Promise<WorkflowPage> {
    const { listWorkflows } = await import("./rare.ts");
    return await listWorkflows(this.#connection, options);
  }

  /**
   * Lists all workflows that match, page after page, each asked for when the one before is used up.
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
   * Cancels running workflows, newest first. What they started goes on: `cancel({ tree: true })` of a handle ends that, too.
   *
   * @param options with `dryRun: true` they are only counted; `timeoutMs` is the time for each thousand of them.
   * @returns how many were cancelled, or would be.
   * @throws {InvalidRequestError} when no condition is given.
   * @throws {NotSupportedByServerError} from the original server.
   * @throws {FlawlessError} for errors that any call may throw.
   */
  async cancelWorkflows(options: CancelWorkflowsOptions): Promise<number> {
    const { endWorkflows } = await import("./rare.ts");
    return await endWorkflows(this.#connection, "cancel", options);
  }

  /**
   * Terminates running workflows, newest first: they end at once. What they started goes on.
   *
   * @param options as for `cancelWorkflows`.
   * @returns how many were terminated, or would be.
   * @throws as `cancelWorkflows` does.
   */
  async terminateWorkflows(options: CancelWorkflowsOptions): Promise<number> {
    const { endWorkflows } = await import("./rare.ts");
    return await endWorkflows(this.#connection, "terminate", options);
  }

  /**
   * Restarts workflows that have ended with a status, newest first: each as `restart` of a handle does. Those that can't be
   * restarted are counted and named, and the others go on.
   *
   * ```ts
   * const { count, failures } = await flawless.restartWorkflows({ status: "failed", module: "shop" });
   * ```
   *
   * @param options with `dryRun: true` they are only counted; `timeoutMs` is the time for each thousand of them.
   * @throws {InvalidOptionError} when the key is none.
   * @throws {InvalidRequestError} when the status is none of workflows that have ended.
   * @throws {NotSupportedByServerError} from the original server.
   * @throws {FlawlessError} for errors that any call may throw: some may have been restarted. Call again with the same
   * `idempotencyKey` for the rest.
   */
  async restartWorkflows(options: RestartWorkflowsOptions): Promise<RestartOutcome> {
    const { restartWorkflows } = await import("./rare.ts");
    return await restartWorkflows(this.#connection, options);
  }

  /**
   * Lists the queues of activities, with their workers and the oldest of their tasks.
   *
   * @param options `tasks`: how many tasks of each queue, up to 1,000. Default 20.
   * @throws {NotSupportedByServerError} from the original server.
   * @throws {FlawlessError} for errors that any call may throw.
   */
  async listActivityQueues(
    options: ActivityQueueOptions = {},
  ): Promise<readonly ActivityQueueSummary[]> {
    const { listActivityQueues } = await import("./rare.ts");
    return await listActivityQueues(this.#connection, options);
  }

  /**
   * Lists the deployed modules.
   *
   * @throws {NotSupportedByServerError} from the original server.
   * @throws {FlawlessError} for errors that any call may throw.
   */
  async listModules(options: CallOptions = {}): Promise<readonly ModuleSummary[]> {
    return await inCall(this.#connection, ["Listing modules", options], (scope) =>
      this.#connection.modules(scope),
    );
  }

  /** Ends all calls under way with a {@link ClientClosedError} and closes the connections. */
  async close(): Promise<void> {
    await this.#connection.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}
