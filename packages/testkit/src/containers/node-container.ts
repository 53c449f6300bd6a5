import type { ControlPlane } from "@flawless-ts/sdk";
import { Flawless, type ModuleSource } from "@flawless-ts/sdk";
import { optionNames, refuseUnknownOptions } from "@flawless-ts/wasm-module/internal";
import type { ImageOption } from "./image/image-option.ts";
import { argumentsVariable, moduleFiles } from "./service/arguments.ts";
import { type FlawlessBind, loopbackAdvice, parseFlawlessBind } from "./service/bind.ts";
import { controlPlanePort, flawlessPort } from "./service/ports.ts";
import type { AskScope, ServiceAccess } from "./service/service-access.ts";
import { ServiceContainer, type ServicePlan } from "./service/service-container.ts";
import { StartedControlPlane } from "./service/started-control-plane.ts";
import type { StartedParts } from "./service/started-service.ts";

/** Options of {@link NodeContainer}. */
export interface NodeContainerOptions {
  /** Default `auto`. */
  readonly image?: ImageOption | undefined;
}

const nodeContainerOptionNames = optionNames<NodeContainerOptions>({ image: true });

/**
 * A node like mvm-ci's: a Flawless server and a control plane in one container, and with `withWorker` a worker, too.
 *
 * As there, Flawless listens on localhost, where only its own container can reach it, unless `withBind` says otherwise.
 */
export class NodeContainer extends ServiceContainer<StartedNodeContainer> {
  #bind: FlawlessBind = parseFlawlessBind(`127.0.0.1:${flawlessPort}`);
  #worker: { readonly id: string | null; readonly args: readonly string[] } | null = null;
  #modules: readonly ModuleSource[] = [];
  #controlPlaneArguments: readonly string[] = [];
  #flawlessArguments: readonly string[] = [];

  constructor(options: NodeContainerOptions = {}) {
    refuseUnknownOptions(options, nodeContainerOptionNames);
    super(options.image ?? "auto");
  }

  /**
   * The address on which Flawless listens in the container. Default `127.0.0.1:27288`, as in mvm-ci. On `0.0.0.0:27288`
   * others can reach it, and its port is published.
   *
   * @throws InvalidOptionError
   */
  withBind(bind: string): this {
    this.#bind = parseFlawlessBind(bind);
    return this;
  }

  /** This node's name. Default: the container's id. */
  withNodeId(nodeId: string): this {
    return this.withEnvironment({ NODE_ID: nodeId });
  }

  /** Another node's control plane, as the container reaches it, that holds the queue; this one passes requests on to it. */
  withJoin(url: string): this {
    return this.withEnvironment({ CONTROL_PLANE_JOIN: url });
  }

  /** The modules to deploy to Flawless, instead of `flawless-ts-crawler` 0.1.8: bytes, paths, or file URLs. */
  withModules(...modules: ModuleSource[]): this {
    this.#modules = [...this.#modules, ...modules];
    return this;
  }

  /** A secret that workflows can read. */
  withSecret(name: string, value: string): this {
    return this.withEnvironment({ [`FLAWLESS_SECRET_${name}`]: value });
  }

  /**
   * Adds a worker in the same container.
   *
   * @param options `id`: its name; default: the container's id. `args`: arguments for `control-plane worker`, such
   * as `--concurrency`, `4`.
   */
  withWorker(options: { readonly id?: string; readonly args?: readonly string[] } = {}): this {
    this.#worker = { id: options.id ?? null, args: options.args ?? [] };
    return this;
  }

  /** More arguments for `control-plane up`, such as `--worker-timeout`, `2`. */
  withControlPlaneArguments(...args: string[]): this {
    this.#controlPlaneArguments = [...this.#controlPlaneArguments, ...args];
    return this;
  }

  /** More arguments for `flawless up`, such as `--dev`. */
  withFlawlessArguments(...args: string[]): this {
    this.#flawlessArguments = [...this.#flawlessArguments, ...args];
    return this;
  }

  protected override async plan(): Promise<ServicePlan> {
    const modules = await moduleFiles(this.#modules);
    const { host, port, loopback } = this.#bind;
    return {
      roles: ["flawless", "control-plane", ...(this.#worker === null ? [] : ["worker" as const])],
      environment: {
        FLAWLESS_BIND: `${host}:${port}`,
        ...argumentsVariable("FLAWLESS_ARGS", this.#flawlessArguments),
        ...argumentsVariable("CONTROL_PLANE_ARGS", [
          ...modules.args,
          ...this.#controlPlaneArguments,
        ]),
        ...argumentsVariable("WORKER_ARGS", this.#worker?.args ?? []),
        ...(this.#worker?.id ? { WORKER_ID: this.#worker.id } : {}),
      },
      files: modules.files,
      ports: loopback ? [controlPlanePort] : [controlPlanePort, port],
    };
  }

  /** The control plane is healthy only if its Flawless server is. A worker can be checked only inside the container. */
  protected override async ask(access: ServiceAccess, scope: AskScope): Promise<void> {
    const url = access.urlOf(controlPlanePort);
    await (url === null || this.#worker !== null
      ? access.readyInside(scope)
      : access.controlPlaneReady(url, scope));
  }

  protected override wrap(parts: StartedParts): StartedNodeContainer {
    return new StartedNodeContainer(parts, this.#bind);
  }
}

/** A node whose Flawless server and control plane are ready. */
export class StartedNodeContainer extends StartedControlPlane {
  readonly #bind: FlawlessBind;
  #flawless: Flawless | undefined;

  constructor(parts: StartedParts, bind: FlawlessBind) {
    super(parts);
    this.#bind = bind;
  }

  /**
   * Its Flawless server's URL, as this machine reaches it.
   *
   * @throws TestkitError `FLAWLESS_TESTKIT_UNREACHABLE` if it listens on localhost, or its port is not published
   */
  get flawlessUrl(): string {
    return this.publishedUrl(
      this.#bind.port,
      this.#bind.loopback ? loopbackAdvice : "Publish it by withPublishedPorts(3020, 27288).",
    );
  }

  /** Its Flawless server's URL, as other containers in its network reach it, unless it listens on localhost. */
  get flawlessNetworkUrl(): string {
    return `http://${this.networkHost}:${this.#bind.port}`;
  }

  /** A client of its control plane; it is closed with the container. */
  get controlPlane(): ControlPlane {
    return this.controlPlaneClient;
  }

  /**
   * A client of its Flawless server; it is closed with the container.
   *
   * @throws TestkitError `FLAWLESS_TESTKIT_UNREACHABLE`, as {@link flawlessUrl}
   */
  get flawless(): Flawless {
    this.#flawless ??= this.closeWithIt(new Flawless({ url: this.flawlessUrl }));
    return this.#flawless;
  }
}
