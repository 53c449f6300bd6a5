import type { ControlPlane, ModuleSource } from "@flawless-ts/sdk";
import { InvalidOptionError } from "@flawless-ts/wasm-module";
import { optionNames, refuseUnknownOptions } from "@flawless-ts/wasm-module/internal";
import type { ImageOption } from "./image/image-option.ts";
import { mvmCiEnvironment, mvmCiPorts, mvmCiStartupMs } from "./mvm-ci.ts";
import { argumentsVariable, moduleFiles, tokenFile } from "./service/arguments.ts";
import { controlPlanePort } from "./service/ports.ts";
import type { AskScope, ServiceAccess } from "./service/service-access.ts";
import { ServiceContainer, type ServicePlan } from "./service/service-container.ts";
import { StartedControlPlane } from "./service/started-control-plane.ts";
import type { StartedParts } from "./service/started-service.ts";

/** Options of {@link ControlPlaneContainer}. */
export interface ControlPlaneContainerOptions {
  /** Default `auto`. */
  readonly image?: ImageOption | undefined;
}

const controlPlaneContainerOptionNames = optionNames<ControlPlaneContainerOptions>({ image: true });

/**
 * A control plane in a container. It needs a Flawless server elsewhere (`withFlawlessUrl`), or none
 * (`withoutFlawless`); `NodeContainer` has both.
 *
 * ```ts
 * await using controlPlane = await new ControlPlaneContainer()
 *   .withNetwork(network)
 *   .withFlawlessUrl(flawless.networkUrl)
 *   .start();
 * await controlPlane.client.publish({ payload: { url: "https://example.com" } });
 * ```
 */
export class ControlPlaneContainer extends ServiceContainer<StartedControlPlaneContainer> {
  readonly #original: boolean;
  #flawlessUrl: string | null | undefined;
  #modules: readonly ModuleSource[] = [];
  #tokens: readonly string[] = [];
  #arguments: readonly string[] = [];

  constructor(options: ControlPlaneContainerOptions = {}, original: boolean = false) {
    refuseUnknownOptions(options, controlPlaneContainerOptionNames);
    super(options.image ?? "auto");
    this.#original = original;
    if (original) {
      this.withStartupTimeout(mvmCiStartupMs);
    }
  }

  /**
   * The original control plane, from an image on this machine: `mvm-ci-cluster:latest`. Its environment, ports and
   * volume are those of its own compose file. It starts its own Flawless server, and is ready after about 8 seconds.
   */
  static fromImage(name: string): ControlPlaneContainer {
    return new ControlPlaneContainer({ image: { name } }, true);
  }

  /** The Flawless server, as the container reaches it. */
  withFlawlessUrl(url: string): this {
    this.#flawlessUrl = url;
    return this;
  }

  /** It has no Flawless server. */
  withoutFlawless(): this {
    this.#flawlessUrl = null;
    return this;
  }

  /** This node's name. Default: the container's id. */
  withNodeId(nodeId: string): this {
    return this.withEnvironment({ NODE_ID: nodeId });
  }

  /** Another control plane, as the container reaches it, that holds the queue; this one passes requests on to it. */
  withJoin(url: string): this {
    return this.withEnvironment({ CONTROL_PLANE_JOIN: url });
  }

  /** The modules that it deploys to Flawless, instead of `flawless-ts-crawler` 0.1.8: bytes, paths, or file URLs. */
  withModules(...modules: ModuleSource[]): this {
    this.#modules = [...this.#modules, ...modules];
    return this;
  }

  /** Requires one of these tokens; the client uses the first. */
  withTokens(...tokens: string[]): this {
    this.#tokens = tokens;
    return this;
  }

  /** More arguments for `control-plane up`, such as `--worker-timeout`, `2`. */
  withArguments(...args: string[]): this {
    this.#arguments = [...this.#arguments, ...args];
    return this;
  }

  protected override async plan(): Promise<ServicePlan> {
    return this.#original ? this.#planOriginal() : this.#planOurs();
  }

  protected override async ask(access: ServiceAccess, scope: AskScope): Promise<void> {
    const url = access.urlOf(controlPlanePort);
    if (url !== null) {
      await access.controlPlaneReady(url, scope, this.#tokens[0]);
    } else if (this.#original) {
      throw new InvalidOptionError(
        "withExposedPorts()",
        `port ${controlPlanePort} of the original control plane has to be published: it can't be asked otherwise.`,
      );
    } else {
      await access.readyInside(scope);
    }
  }

  protected override wrap(parts: StartedParts): StartedControlPlaneContainer {
    return new StartedControlPlaneContainer(parts, this.#tokens[0]);
  }

  async #planOurs(): Promise<ServicePlan> {
    if (this.#flawlessUrl === undefined) {
      throw new InvalidOptionError(
        "withFlawlessUrl()",
        "a ControlPlaneContainer has no Flawless server in it: say where one is by it, leave it out by withoutFlawless(), or start a NodeContainer, which has both.",
      );
    }
    const [modules, tokens] = [
      await moduleFiles(this.#modules),
      tokenFile("control-plane", this.#tokens),
    ];
    const none = this.#flawlessUrl === null ? ["--no-flawless"] : [];
    return {
      roles: ["control-plane"],
      environment: {
        ...(this.#flawlessUrl === null ? {} : { FLAWLESS_URL: this.#flawlessUrl }),
        ...argumentsVariable("CONTROL_PLANE_ARGS", [
          ...none,
          ...modules.args,
          ...tokens.args,
          ...this.#arguments,
        ]),
      },
      files: [...modules.files, ...tokens.files],
      ports: [controlPlanePort],
    };
  }

  async #planOriginal(): Promise<ServicePlan> {
    const ours = this.#modules.length + this.#tokens.length + this.#arguments.length;
    if (ours > 0 || this.#flawlessUrl === null || "CONTROL_PLANE_JOIN" in this.environment) {
      throw new InvalidOptionError(
        "withServer()",
        "the original control plane takes its settings from the environment only: withJoin(), withModules(), withTokens(), withArguments() and withoutFlawless() are for this project's.",
      );
    }
    return {
      roles: [],
      environment: mvmCiEnvironment(this.#flawlessUrl),
      files: [],
      ports: mvmCiPorts,
    };
  }
}

/** A control plane that is ready. */
export class StartedControlPlaneContainer extends StartedControlPlane {
  /**
   * A client of it; it is closed with the container.
   *
   * @throws TestkitError `FLAWLESS_TESTKIT_UNREACHABLE`, as {@link url}
   */
  get client(): ControlPlane {
    return this.controlPlaneClient;
  }
}
