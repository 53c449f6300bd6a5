import type { ModuleSource } from "@flawless-ts/sdk";
import { isTicket } from "@flawless-ts/sdk/internal";
import { InvalidOptionError } from "@flawless-ts/wasm-module";
import { optionNames, refuseUnknownOptions } from "@flawless-ts/wasm-module/internal";
import type { ImageOption } from "./image/image-option.ts";
import { wholeSeconds } from "../whole-seconds.ts";
import { argumentsVariable, moduleFiles } from "./service/arguments.ts";
import type { AskScope, ServiceAccess } from "./service/service-access.ts";
import { ServiceContainer, type ServicePlan } from "./service/service-container.ts";
import { StartedServiceContainer, type StartedParts } from "./service/started-service.ts";

/** Options of {@link WorkerContainer}. */
export interface WorkerContainerOptions {
  /** Default `auto`. */
  readonly image?: ImageOption | undefined;
}

const workerContainerOptionNames = optionNames<WorkerContainerOptions>({ image: true });

/**
 * A worker in a container: it claims jobs and runs them on a Flawless server. It is ready when the control plane
 * knows it.
 *
 * ```ts
 * await using worker = await new WorkerContainer()
 *   .withNetwork(network)
 *   .withControlPlane(controlPlane.networkUrl)
 *   .withFlawlessUrl(flawless.networkUrl)
 *   .start();
 * ```
 */
export class WorkerContainer extends ServiceContainer<StartedWorkerContainer> {
  #controlPlane: string | null = null;
  #flawlessUrl: string | null = null;
  #ownFlawless = false;
  #workerId: string | null = null;
  #modules: readonly ModuleSource[] = [];
  #arguments: readonly string[] = [];

  constructor(options: WorkerContainerOptions = {}) {
    refuseUnknownOptions(options, workerContainerOptionNames);
    super(options.image ?? "auto");
  }

  /**
   * The control plane's URL, as the container reaches it, or its ticket, which also leads to its Flawless server.
   * Required.
   */
  withControlPlane(url: string, token?: string): this {
    this.#controlPlane = url;
    return token === undefined ? this : this.withEnvironment({ CONTROL_PLANE_TOKEN: token });
  }

  /** The Flawless server, as the container reaches it. */
  withFlawlessUrl(url: string, token?: string): this {
    this.#flawlessUrl = url;
    return token === undefined ? this : this.withEnvironment({ FLAWLESS_TOKEN: token });
  }

  /** Its own Flawless server, in the same container. */
  withOwnFlawless(): this {
    this.#ownFlawless = true;
    return this;
  }

  /** Its name. Default: the container's id. */
  withWorkerId(id: string): this {
    this.#workerId = id;
    return this;
  }

  /** The number of jobs that it runs at a time. Default 1. */
  withConcurrency(jobs: number): this {
    return this.withArguments("--concurrency", String(jobs));
  }

  /**
   * The time between heartbeats, in milliseconds; must be whole seconds. Default 30,000.
   *
   * @throws InvalidOptionError
   */
  withHeartbeatIntervalMs(milliseconds: number): this {
    return this.withEnvironment({
      WORKER_HEARTBEAT_INTERVAL_SECS: wholeSeconds("withHeartbeatIntervalMs()", milliseconds),
    });
  }

  /** The modules that it deploys to Flawless first: bytes, paths, or file URLs. */
  withModules(...modules: ModuleSource[]): this {
    this.#modules = [...this.#modules, ...modules];
    return this;
  }

  /** More arguments for `control-plane worker`. */
  withArguments(...args: string[]): this {
    this.#arguments = [...this.#arguments, ...args];
    return this;
  }

  protected override async plan(): Promise<ServicePlan> {
    if (this.#controlPlane === null) {
      throw new InvalidOptionError(
        "withControlPlane()",
        "a WorkerContainer needs the control plane's URL by it.",
      );
    }
    const needsUrl = !this.#ownFlawless && !isTicket(this.#controlPlane);
    if (this.#flawlessUrl === null ? needsUrl : this.#ownFlawless) {
      throw new InvalidOptionError(
        "withFlawlessUrl()",
        this.#ownFlawless
          ? "withFlawlessUrl() and withOwnFlawless() contradict each other. Leave one of them out."
          : "a WorkerContainer needs a Flawless server, by it, by withOwnFlawless(), or by the control plane's ticket.",
      );
    }
    const modules = await moduleFiles(this.#modules);
    return {
      roles: this.#ownFlawless ? ["flawless", "worker"] : ["worker"],
      environment: {
        CONTROL_PLANE_TICKET: this.#controlPlane,
        ...(this.#flawlessUrl === null ? {} : { FLAWLESS_URL: this.#flawlessUrl }),
        ...(this.#workerId === null ? {} : { WORKER_ID: this.#workerId }),
        ...argumentsVariable("WORKER_ARGS", [...modules.args, ...this.#arguments]),
      },
      files: modules.files,
      ports: [],
    };
  }

  protected override ask(access: ServiceAccess, scope: AskScope): Promise<void> {
    return access.readyInside(scope);
  }

  protected override wrap(parts: StartedParts): StartedWorkerContainer {
    return new StartedWorkerContainer(parts, this.#workerId);
  }
}

/** A worker that is known to its control plane. */
export class StartedWorkerContainer extends StartedServiceContainer {
  readonly #workerId: string | null;

  constructor(parts: StartedParts, workerId: string | null) {
    super(parts);
    this.#workerId = workerId;
  }

  /** Its name at the control plane. */
  get workerId(): string {
    return this.#workerId ?? this.getHostname();
  }
}
