import type { Contract, UntypedContract } from "@flawless-ts/wasm-module";
import { Config, Context, Effect, Layer, Option, Redacted, type Scope, Stream } from "effect";
import type { DeployOptions } from "../client/deploy.ts";
import type {
  CancelWorkflowsOptions,
  ListOptions,
  RestartWorkflowsOptions,
} from "../client/many-workflows.ts";
import type { WorkflowKey } from "../client/workflow-handle.ts";
import type { ModuleSource } from "../client/module-source.ts";
import type { InvalidOptionError } from "../errors/index.ts";
import { Flawless } from "../flawless.ts";
import type { FlawlessOptions } from "../options/flawless-options.ts";
import type {
  ModuleSummary,
  RestartOutcome,
  ServerHealth,
  WorkflowFilter,
  WorkflowInfo,
  WorkflowPage,
} from "../connection/types.ts";
import { attempt, type EffectCallOptions } from "./attempt.ts";
import type { DeployError, ExtraRequestError, RequestError } from "./client-errors.ts";
import { EffectModule } from "./effect-module.ts";
import { EffectSchedules } from "./effect-schedules.ts";
import { EffectWorkflow } from "./effect-workflow.ts";
import { trySync } from "./try-sync.ts";

/** The service of {@link FlawlessClient}. Each method is like that of `Flawless`, with effects. */
export interface FlawlessService {
  /** The server's URL, without a trailing slash. */
  readonly url: string;
  /** Starts workflows at set times. */
  readonly schedules: EffectSchedules;
  /** The wrapped client, for code that uses Promises. */
  readonly client: Flawless;
  version(options?: EffectCallOptions): Effect.Effect<string, RequestError>;
  health(options?: EffectCallOptions): Effect.Effect<ServerHealth, ExtraRequestError>;
  waitUntilReady(options?: EffectCallOptions): Effect.Effect<void, RequestError>;
  deploy<C extends Contract = UntypedContract>(
    module: ModuleSource,
    options?: Omit<DeployOptions<C>, "signal">,
  ): Effect.Effect<EffectModule<C>, DeployError>;
  /** A module that is already deployed, typed by its contract. */
  module<C extends Contract>(contract: C): Effect.Effect<EffectModule<C>, InvalidOptionError>;
  /** A module that is already deployed, by name and version. */
  module(name: string, version: string): Effect.Effect<EffectModule, InvalidOptionError>;
  /** A handle for a workflow by its id, or by its idempotency key. */
  workflow(id: string | WorkflowKey): Effect.Effect<EffectWorkflow, InvalidOptionError>;
  listWorkflows(
    options?: Omit<ListOptions, "signal">,
  ): Effect.Effect<WorkflowPage, ExtraRequestError>;
  /** All workflows, page by page; each page is fetched when the one before is used up. */
  workflows(
    options?: WorkflowFilter & EffectCallOptions,
  ): Stream.Stream<WorkflowInfo, ExtraRequestError>;
  /** Cancels running workflows, and returns how many. */
  cancelWorkflows(
    options: Omit<CancelWorkflowsOptions, "signal">,
  ): Effect.Effect<number, ExtraRequestError>;
  /** Terminates running workflows, and returns how many. */
  terminateWorkflows(
    options: Omit<CancelWorkflowsOptions, "signal">,
  ): Effect.Effect<number, ExtraRequestError>;
  /** Restarts workflows that have ended, and returns how many, and which can't be restarted. */
  restartWorkflows(
    options: Omit<RestartWorkflowsOptions, "signal">,
  ): Effect.Effect<RestartOutcome, ExtraRequestError>;
  listModules(
    options?: EffectCallOptions,
  ): Effect.Effect<readonly ModuleSummary[], ExtraRequestError>;
}

const key = "@flawless-ts/sdk/effect/FlawlessClient";

// A separate constant, because the declaration of a class refers to its base only by name.
const FlawlessClientKey: Context.ServiceClass<FlawlessClient, typeof key, FlawlessService> =
  Context.Service<FlawlessClient, FlawlessService>()(key);

/**
 * A client of a Flawless server as an Effect service.
 *
 * ```ts
 * const program = Effect.gen(function* () {
 *   const flawless = yield* FlawlessClient;
 *   const module = yield* flawless.deploy("shop.wasm", { contract: shop });
 *   return yield* module.execute("checkout", { order: 7 });
 * }).pipe(Effect.provide(FlawlessClient.layer({ url: "http://127.0.0.1:27288" })));
 * ```
 */
export class FlawlessClient extends FlawlessClientKey {
  /** A client with these options, closed with the layer's scope. */
  static layer(options: FlawlessOptions): Layer.Layer<FlawlessClient, InvalidOptionError> {
    return Layer.effect(FlawlessClient, make(options));
  }

  /**
   * A client of the server in the configuration, with the variables of the CLI `flawless`: `FLAWLESS_URL` (default
   * `http://127.0.0.1:27288`; several, separated by commas, are the nodes of a cluster) and `FLAWLESS_TOKEN` (default: none).
   */
  static layerConfig(
    options: Omit<FlawlessOptions, "url" | "token"> = {},
  ): Layer.Layer<FlawlessClient, InvalidOptionError | Config.ConfigError> {
    const configured = Effect.gen(function* () {
      const url = yield* Config.String("FLAWLESS_URL").pipe(
        Config.withDefault("http://127.0.0.1:27288"),
      );
      const token = yield* Config.option(Config.Redacted("FLAWLESS_TOKEN"));
      return yield* make({
        ...options,
        url,
        token: Option.getOrUndefined(Option.map(token, Redacted.value)),
      });
    });
    return Layer.effect(FlawlessClient, configured);
  }
}

function make(
  options: FlawlessOptions,
): Effect.Effect<FlawlessService, InvalidOptionError, Scope.Scope> {
  const opened = Effect.acquireRelease(
    trySync(() => new Flawless(options)),
    (flawless) => Effect.promise(() => flawless.close()),
  );
  return Effect.map(opened, serviceOf);
}

function serviceOf(flawless: Flawless): FlawlessService {
  const listWorkflows: FlawlessService["listWorkflows"] = (options) =>
    attempt("Flawless.listWorkflows", (signal) => flawless.listWorkflows({ ...options, signal }));
  return {
    url: flawless.url,
    schedules: new EffectSchedules(flawless.schedules),
    client: flawless,
    version: (options) =>
      attempt("Flawless.version", (signal) => flawless.version({ ...options, signal })),
    health: (options) =>
      attempt("Flawless.health", (signal) => flawless.health({ ...options, signal })),
    waitUntilReady: (options) =>
      attempt("Flawless.waitUntilReady", (signal) =>
        flawless.waitUntilReady({ ...options, signal }),
      ),
    deploy: (module, options) =>
      Effect.map(
        attempt("Flawless.deploy", (signal) => flawless.deploy(module, { ...options, signal })),
        (deployed) => new EffectModule(deployed),
      ),
    module: <C extends Contract>(contractOrName: C | string, version = "") =>
      trySync(() =>
        // Both overloads in one: a module by name has the contract `UntypedContract`.
        typeof contractOrName === "string"
          ? (new EffectModule(
              flawless.module(contractOrName, version),
            ) as EffectModule<Contract> as EffectModule<C>)
          : new EffectModule(flawless.module(contractOrName)),
      ),
    workflow: (id) => trySync(() => new EffectWorkflow(flawless.workflow(id))),
    listWorkflows,
    workflows: (options) =>
      Stream.paginate<string | undefined, WorkflowInfo, ExtraRequestError>(undefined, (cursor) =>
        Effect.map(listWorkflows({ ...options, cursor }), ({ workflows, cursor: next }) => [
          workflows,
          next === null ? Option.none() : Option.some(next),
        ]),
      ),
    cancelWorkflows: (options) =>
      attempt("Flawless.cancelWorkflows", (signal) =>
        flawless.cancelWorkflows({ ...options, signal }),
      ),
    terminateWorkflows: (options) =>
      attempt("Flawless.terminateWorkflows", (signal) =>
        flawless.terminateWorkflows({ ...options, signal }),
      ),
    restartWorkflows: (options) =>
      attempt("Flawless.restartWorkflows", (signal) =>
        flawless.restartWorkflows({ ...options, signal }),
      ),
    listModules: (options) =>
      attempt("Flawless.listModules", (signal) => flawless.listModules({ ...options, signal })),
  };
}
