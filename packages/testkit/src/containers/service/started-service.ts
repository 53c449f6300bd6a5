import type {
  RestartOptions,
  StartedNetwork,
  StartedTestContainer,
  StopOptions,
  StoppedTestContainer,
} from "testcontainers";
import { InvalidOptionError } from "@flawless-ts/wasm-module";
import { TestkitError } from "../../errors.ts";
import { readLog } from "../docker/container-log.ts";
import { unlessGone } from "../docker/status-code.ts";
import { type ReadyQuestion, waitUntilReady } from "./readiness.ts";
import type { ServiceAccess } from "./service-access.ts";
import { AbstractStartedContainer } from "../testcontainers.ts";

/** A container's names and address in a network. */
export interface NetworkPlace {
  readonly network: string;
  readonly aliases: readonly string[];
  /** The requested address; null for any. */
  readonly address: string | null;
}

/** The parts of a started container. */
export interface StartedParts {
  readonly started: StartedTestContainer;
  readonly access: ServiceAccess;
  readonly place: NetworkPlace | null;
  readonly question: ReadyQuestion;
  readonly startupMs: number;
}

const defaultGraceMs = 10_000;

/**
 * A container that was started and is ready. It is removed, with its own volume, when it is stopped or disposed of.
 */
export abstract class StartedServiceContainer extends AbstractStartedContainer {
  protected readonly access: ServiceAccess;
  readonly #place: NetworkPlace | null;
  readonly #question: ReadyQuestion;
  readonly #startupMs: number;
  /** The clients that were opened for it. */
  readonly #clients = new AsyncDisposableStack();
  #address: string;

  constructor({ started, access, place, question, startupMs }: StartedParts) {
    super(started);
    this.access = access;
    this.#place = place;
    this.#question = question;
    this.#startupMs = startupMs;
    this.#address = firstAddress(started);
  }

  /** Its name for other containers in its network; its address if it has none. */
  get networkHost(): string {
    return this.#place?.aliases[0] ?? this.#address;
  }

  /** Its address in its network, such as `192.168.100.11`. */
  get networkAddress(): string {
    return this.#address;
  }

  /** The host on which this process reaches its published ports. */
  override getHost(): string {
    return this.access.engine.host;
  }

  /** Kills it like `kill -9`. The container stays, with its volume and its ports, and can be {@link restart}ed. */
  async kill(): Promise<void> {
    const { container } = this.access;
    await unlessGone(container.kill({ signal: "SIGKILL" }));
    await container.wait();
  }

  /**
   * Stops it gracefully and removes it.
   *
   * @param options `timeout`: how long it may take to stop, in milliseconds; then it is killed. Default 10,000.
   * `remove`: false to keep it for {@link restart}. Default true. `removeVolumes`: false to keep its own volume.
   * Default true.
   */
  override async stop(options: Partial<StopOptions> = {}): Promise<StoppedTestContainer> {
    const { container } = this.access;
    const { timeout = defaultGraceMs, remove = true, removeVolumes = true } = options;
    await unlessGone(container.stop({ t: Math.ceil(timeout / 1_000) }));
    if (remove) {
      await this.#remove(removeVolumes);
    }
    return {
      getId: () => container.id,
      copyArchiveFromContainer: (path) => container.getArchive({ path }),
    };
  }

  /**
   * Restarts it after it was killed or stopped; if it still runs, it is stopped gracefully first. It has the same
   * volume, ports on the host, names and addresses as before, and is ready when this resolves.
   *
   * @param options `timeout`: how long it may take to stop, in milliseconds. Default 10,000.
   * @throws TestkitError `FLAWLESS_TESTKIT_CONTAINER_FAILED`
   */
  override async restart(options: Partial<RestartOptions> = {}): Promise<void> {
    const { container } = this.access;
    await container.restart({ t: Math.ceil((options.timeout ?? defaultGraceMs) / 1_000) });
    await waitUntilReady(container, this.getName(), this.#question, this.#startupMs);
    const { NetworkSettings } = await container.inspect();
    this.#address = Object.values(NetworkSettings.Networks)[0]?.IPAddress ?? this.#address;
  }

  /** Pauses all of its processes: they keep their connections but don't respond. */
  async pause(): Promise<void> {
    await this.access.container.pause();
  }

  /** Undoes {@link pause}. */
  async resume(): Promise<void> {
    await this.access.container.unpause();
  }

  /** Whether it is running. */
  async isRunning(): Promise<boolean> {
    const { State } = await this.access.container.inspect();
    return State.Running;
  }

  /**
   * Cuts it off from a network: nothing can reach it there, and it can reach nothing. Its published ports disappear
   * with its last network.
   *
   * @param network default: the one it was started in
   */
  async disconnect(network?: StartedNetwork): Promise<void> {
    const { container, engine } = this.access;
    const name = network?.getName() ?? this.#ownPlace().network;
    await engine.docker.getNetwork(name).disconnect({ Container: container.id, Force: true });
  }

  /**
   * Connects it to a network, with its names and its address there if it is the one it was started in.
   *
   * @param network default: the one it was started in
   * @param address its address in another network. Default: any.
   */
  async connect(network?: StartedNetwork, address?: string): Promise<void> {
    const { container, engine } = this.access;
    const own = this.#place;
    const name = network?.getName() ?? this.#ownPlace().network;
    await engine.docker.getNetwork(name).connect({
      Container: container.id,
      ...(own?.network === name
        ? { EndpointConfig: endpointOf(own) }
        : address === undefined
          ? {}
          : { EndpointConfig: endpointOf({ network: name, aliases: [], address }) }),
    });
  }

  /** Its log of all starts, standard error included. */
  async readLog(options: { readonly tail?: number } = {}): Promise<string> {
    return readLog(this.access.container, options.tail);
  }

  /** Kills it and removes it. */
  override async [Symbol.asyncDispose](): Promise<void> {
    await this.#remove(true);
  }

  /**
   * @throws TestkitError `FLAWLESS_TESTKIT_UNREACHABLE` if the port is not published
   */
  protected publishedUrl(port: number, advice: string): string {
    const url = this.access.urlOf(port);
    if (url === null) {
      throw new TestkitError(
        "FLAWLESS_TESTKIT_UNREACHABLE",
        `Port ${port} of ${this.getName()} is not published, so that nothing outside its network reaches it. ${advice}`,
      );
    }
    return url;
  }

  /** Closes a client together with the container. */
  protected closeWithIt<Client extends AsyncDisposable>(client: Client): Client {
    return this.#clients.use(client);
  }

  async #remove(volumes: boolean): Promise<void> {
    await this.#clients.disposeAsync();
    await unlessGone(this.access.container.remove({ force: true, v: volumes }));
  }

  #ownPlace(): NetworkPlace {
    if (this.#place === null) {
      throw new InvalidOptionError(
        "network",
        `${this.getName()} was started without withNetwork(). Say which network is meant.`,
      );
    }
    return this.#place;
  }
}

/** In the format of Docker's API. */
export function endpointOf({ aliases, address }: NetworkPlace): {
  readonly Aliases?: string[];
  readonly IPAMConfig?: { readonly IPv4Address: string };
} {
  return {
    ...(aliases.length === 0 ? {} : { Aliases: [...aliases] }),
    ...(address === null ? {} : { IPAMConfig: { IPv4Address: address } }),
  };
}

function firstAddress(started: StartedTestContainer): string {
  const [network] = started.getNetworkNames();
  return network === undefined ? "" : started.getIpAddress(network);
}
