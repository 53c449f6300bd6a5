import { randomBytes } from "node:crypto";
import type {
  GenericContainer as Container,
  PortWithOptionalBinding,
  WaitStrategy,
} from "testcontainers";
import { InvalidOptionError } from "@flawless-ts/wasm-module";
import { TestkitError } from "../../errors.ts";
import { type DockerContainer, type DockerEngine, findEngine } from "../docker/engine.ts";
import { freePort } from "../docker/free-port.ts";
import { unlessGone } from "../docker/status-code.ts";
import { type ImageRequest, resolveImage } from "../image/resolve-image.ts";
import { currentSession, startLabel } from "../session/session.ts";
import type { Volume } from "../volume.ts";
import { defaultStartupMs, ReadinessWait, type ReadyQuestion } from "./readiness.ts";
import { type AskScope, ServiceAccess } from "./service-access.ts";
import {
  endpointOf,
  type NetworkPlace,
  type StartedParts,
  type StartedServiceContainer,
} from "./started-service.ts";
import {
  GenericContainer,
  getContainerPort,
  hasHostBinding,
  ImageName,
  PullPolicy,
} from "../testcontainers.ts";

/** A program that runs in a container of our image. */
export type Role = "flawless" | "control-plane" | "worker";

/** A file to copy into a container before it starts. */
export interface ContainerFile {
  readonly target: string;
  readonly content: Buffer | string;
}

/** What a kind of container adds to a start. */
export interface ServicePlan {
  /** For our image: what runs in it. Empty for other images, which know themselves. */
  readonly roles: readonly Role[];
  readonly environment: Readonly<Record<string, string>>;
  readonly files: readonly ContainerFile[];
  /** The ports to publish, unless `withPublishedPorts` says otherwise. */
  readonly ports: readonly number[];
}

const portTries = 10;

/**
 * The base of our containers, with everything that Testcontainers' `GenericContainer` offers.
 *
 * Ports are published on loopback if the engine runs on this machine, and stay the same when the container is
 * restarted.
 */
export abstract class ServiceContainer<
  Started extends StartedServiceContainer,
> extends GenericContainer {
  readonly #image: ImageRequest;
  #aliases: readonly string[] = [];
  #address: string | null = null;
  #published: readonly PortWithOptionalBinding[] | null = null;
  #command: string[] | null = null;

  constructor(image: ImageRequest) {
    // The image's name is set at the start, because it may have to be built first.
    super("flawless-ts");
    this.#image = image;
    // Nothing is downloaded unasked, and we clean up ourselves: Testcontainers' reaper would have to be downloaded.
    this.pullPolicy = PullPolicy.neverPull();
    this.autoCleanup = false;
  }

  /** Names that other containers in its network can use for it. */
  override withNetworkAliases(...networkAliases: string[]): this {
    // Testcontainers would connect it to a second network, the default one.
    this.#aliases = [...this.#aliases, ...networkAliases];
    return this;
  }

  /** A fixed address in its network, such as `network.address(11)`; the network needs a subnet. */
  withAddress(address: string): this {
    this.#address = address;
    return this;
  }

  /** Stores its data, all below `/data`, on a volume that outlives it. Default: a volume that is removed with it. */
  withVolume(volume: Volume | string): this {
    const source = typeof volume === "string" ? volume : volume.name;
    return this.withBindMounts([{ source, target: "/data", mode: "rw" }]);
  }

  /** The container's ports to publish on this machine, instead of the usual ones. None: no port. */
  withPublishedPorts(...ports: PortWithOptionalBinding[]): this {
    this.#published = ports;
    return this;
  }

  override withCommand(command: string[]): this {
    this.#command = command;
    return this;
  }

  /**
   * Starts it, and waits until the service in it responds to a real request. The image is built first if needed. If
   * something fails, nothing is left behind.
   *
   * @throws InvalidOptionError for options that contradict each other
   * @throws TestkitError `FLAWLESS_TESTKIT_NO_DOCKER`, `FLAWLESS_TESTKIT_IMAGE_FAILED`, `FLAWLESS_TESTKIT_BINARY_REFUSED`,
   * `FLAWLESS_TESTKIT_CONTAINER_FAILED`
   */
  override async start(): Promise<Started> {
    const plan = await this.plan();
    const place = this.#place();
    const engine = await findEngine();
    const [session, image] = await Promise.all([currentSession(), resolveImage(this.#image)]);
    this.imageName = ImageName.fromString(image);
    const exposed = this.exposedPorts;
    const contents = this.contentsToCopy;
    try {
      this.contentsToCopy = [
        ...contents,
        ...plan.files.map(({ content, target }) => ({ content, target, mode: 0o644 })),
      ];
      this.exposedPorts = [...(this.#published ?? [...plan.ports, ...exposed])];
      this.#describe(plan, place);
      return await this.#startOnFreePorts(engine, session.labels, place);
    } finally {
      this.exposedPorts = exposed;
      this.contentsToCopy = contents;
    }
  }

  /** What to run this time. */
  protected abstract plan(): Promise<ServicePlan>;

  /** Waits until the service is healthy. */
  protected abstract ask(access: ServiceAccess, scope: AskScope): Promise<void>;

  protected abstract wrap(parts: StartedParts): Started;

  /** Called once it is ready. */
  protected async prepare(_started: Started): Promise<void> {
    // Subclasses may override this.
  }

  protected override async selectWaitStrategy(
    ...[client, inspected, given = this.waitStrategy]: Parameters<Container["selectWaitStrategy"]>
  ): Promise<WaitStrategy> {
    if (given !== undefined) {
      return super.selectWaitStrategy(client, inspected, given);
    }
    const engine = await findEngine();
    return new ReadinessWait(inspected.Name.replace(/^\//, ""), this.#question(engine));
  }

  #describe({ roles, environment }: ServicePlan, place: NetworkPlace | null): void {
    const all = { ...environment, ...this.environment };
    this.createOpts = {
      ...this.createOpts,
      Image: this.imageName.string,
      Env: Object.entries(all).map(([name, value]) => `${name}=${value}`),
      ...(place === null
        ? {}
        : { NetworkingConfig: { EndpointsConfig: { [place.network]: endpointOf(place) } } }),
    };
    const command = this.#command ?? [...roles];
    if (command.length > 0) {
      this.createOpts.Cmd = command;
    }
    if (roles.length > 0) {
      // Nothing in our image needs root's capabilities.
      this.hostConfig.CapDrop ??= ["ALL"];
      this.hostConfig.SecurityOpt ??= ["no-new-privileges"];
    }
  }

  /** Another process may take a port between our check and Docker's; then another port is tried. */
  async #startOnFreePorts(
    engine: DockerEngine,
    labels: Readonly<Record<string, string>>,
    place: NetworkPlace | null,
  ): Promise<Started> {
    for (let attempt = 1; ; attempt += 1) {
      const start = randomBytes(8).toString("hex");
      await this.#bindPorts(engine);
      this.createOpts.Labels = { ...this.createOpts.Labels, ...labels, [startLabel]: start };
      try {
        return await this.#startOnce(engine, place);
      } catch (error) {
        await removeStart(engine, start);
        if (!isPortClash(error) || attempt === portTries) {
          throw error instanceof TestkitError ? error : this.#failed(error);
        }
      }
    }
  }

  async #startOnce(engine: DockerEngine, place: NetworkPlace | null): Promise<Started> {
    const generic = await super.start();
    const started = this.wrap({
      started: generic,
      access: this.#access(engine, engine.client.container.getById(generic.getId())),
      place,
      question: this.#question(engine),
      startupMs: this.startupTimeoutMs ?? defaultStartupMs,
    });
    await this.prepare(started);
    return started;
  }

  #question(engine: DockerEngine): ReadyQuestion {
    const ports = this.#hostPorts();
    return (container, scope) => this.ask(new ServiceAccess(engine, container, ports), scope);
  }

  #access(engine: DockerEngine, container: DockerContainer): ServiceAccess {
    return new ServiceAccess(engine, container, this.#hostPorts());
  }

  async #bindPorts(engine: DockerEngine): Promise<void> {
    const used = new Set<number>();
    const bindings: Record<string, { HostIp: string; HostPort: string }[]> = {};
    for (const port of this.exposedPorts) {
      const host = hasHostBinding(port) ? port.host : await freePort(engine.publishOn, used);
      used.add(host);
      bindings[`${getContainerPort(port)}/tcp`] = [
        { HostIp: engine.publishOn, HostPort: String(host) },
      ];
    }
    this.hostConfig.PortBindings = bindings;
    this.createOpts.ExposedPorts = Object.fromEntries(
      Object.keys(bindings).map((port) => [port, {}]),
    );
  }

  #hostPorts(): ReadonlyMap<number, number> {
    const bindings = this.hostConfig.PortBindings as Readonly<
      Record<string, readonly { readonly HostPort: string }[]>
    >;
    return new Map(
      Object.entries(bindings).map(([port, [binding]]) => [
        Number.parseInt(port, 10),
        Number(binding?.HostPort),
      ]),
    );
  }

  #place(): NetworkPlace | null {
    if (this.networkMode === undefined) {
      if (this.#aliases.length > 0 || this.#address !== null) {
        throw new InvalidOptionError(
          this.#address === null ? "withNetworkAliases()" : "withAddress()",
          "withNetworkAliases() and withAddress() need withNetwork(): only a network of its own has names and fixed addresses.",
        );
      }
      return null;
    }
    return { network: this.networkMode, aliases: this.#aliases, address: this.#address };
  }

  #failed(error: unknown): TestkitError {
    const reason = error instanceof Error ? error.message : String(error);
    return new TestkitError(
      "FLAWLESS_TESTKIT_CONTAINER_FAILED",
      `A container of ${this.imageName.string} could not be started: ${reason}`,
      { cause: error },
    );
  }
}

/** Removes what a failed start has left. */
async function removeStart({ docker }: DockerEngine, start: string): Promise<void> {
  const filters = { label: [`${startLabel}=${start}`] };
  const left = await docker.listContainers({ all: true, filters });
  await Promise.all(
    left.map(({ Id }) => unlessGone(docker.getContainer(Id).remove({ force: true, v: true }))),
  );
}

function isPortClash(error: unknown): boolean {
  return /port is already allocated|address already in use/i.test(String(error));
}
