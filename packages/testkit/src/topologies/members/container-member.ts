import { isTicket } from "@flawless-ts/sdk/internal";
import type { WaitStrategy } from "testcontainers";
import type { ClusterNetwork } from "../../containers/cluster-network.ts";
import { ControlPlaneContainer } from "../../containers/control-plane-container.ts";
import { FlawlessContainer } from "../../containers/flawless-container.ts";
import { askTicketCommand, imagePaths, waitCommand } from "../../containers/image/image-paths.ts";
import type { ImageOption } from "../../containers/image/image-option.ts";
import { HopContainer } from "../../containers/hop-container.ts";
import { NodeContainer } from "../../containers/node-container.ts";
import type { ServiceContainer } from "../../containers/service/service-container.ts";
import type { StartedServiceContainer } from "../../containers/service/started-service.ts";
import type { Volume } from "../../containers/volume.ts";
import { WorkerContainer } from "../../containers/worker-container.ts";
import { TestkitError } from "../../errors.ts";
import type { MemberPlan } from "../plan/cluster-plan.ts";
import { askUrlScript, readAnswer } from "../reachability/ask-url.ts";
import type { MemberHandle, UrlAnswer } from "./member-handle.ts";
import type { StartOptions } from "./starter.ts";

/** What all containers of a cluster share. */
export interface ContainerScope {
  readonly network: ClusterNetwork;
  /** A second network in which it may have an address: the workers' network. */
  readonly second?: ClusterNetwork | null;
  /** By their names in the plan. */
  readonly volumes: ReadonlyMap<string, Volume>;
  readonly image: ImageOption;
  readonly startupTimeoutMs: number;
}

/** Starts a member as a container. */
export async function startContainer(
  member: MemberPlan,
  options: StartOptions,
  { network, second, volumes, image, startupTimeoutMs }: ContainerScope,
): Promise<MemberHandle> {
  const container = containerOf(member, options, image)
    .withNetwork(network)
    .withNetworkAliases(member.name)
    .withEnvironment({ ...options.environment })
    .withStartupTimeout(startupTimeoutMs)
    .withPublishedPorts(...member.publishedPorts);
  if (options.early) {
    container.withWaitStrategy(new NoWait());
  }
  const address = member.address ?? member.workersAddress;
  if (address !== null) {
    container.withAddress(address);
  }
  const volume = member.volume === null ? undefined : volumes.get(member.volume);
  if (volume !== undefined) {
    container.withVolume(volume);
  }
  try {
    const started = await container.start();
    const handle = new ContainerMember(started, startupTimeoutMs);
    await using unlessConnected = new AsyncDisposableStack();
    unlessConnected.use(handle);
    if (second && member.address !== null && member.workersAddress !== null) {
      await started.connect(second, member.workersAddress);
    }
    unlessConnected.move();
    return handle;
  } catch (error) {
    throw TestkitError.is(error)
      ? new TestkitError("FLAWLESS_TESTKIT_CONTAINER_FAILED", `${member.name}: ${error.message}`, {
          cause: error,
        })
      : error;
  }
}

function containerOf(
  { roles, args, environment }: MemberPlan,
  options: StartOptions,
  image: ImageOption,
): ServiceContainer<StartedServiceContainer> {
  const { modules = [] } = options;
  if (roles.includes("hop")) {
    return new HopContainer(image, args.hop ?? []);
  }
  const bind = environment["FLAWLESS_BIND"] ?? "0.0.0.0:27288";
  const workerId = environment["WORKER_ID"] ?? "worker";
  if (roles.includes("control-plane") && roles.includes("flawless")) {
    const node = new NodeContainer({ image })
      .withBind(bind)
      .withModules(...modules)
      .withControlPlaneArguments(...(args["control-plane"] ?? []))
      .withFlawlessArguments(...(args.flawless ?? []));
    return roles.includes("worker")
      ? node.withWorker({ id: workerId, args: args.worker ?? [] })
      : node;
  }
  if (roles.includes("control-plane")) {
    return new ControlPlaneContainer({ image })
      .withFlawlessUrl(options.environment["FLAWLESS_URL"] ?? "")
      .withModules(...modules)
      .withArguments(...(args["control-plane"] ?? []));
  }
  if (!roles.includes("worker")) {
    return new FlawlessContainer({ image }).withBind(bind).withArguments(...(args.flawless ?? []));
  }
  const worker = new WorkerContainer({ image })
    .withControlPlane(options.environment["CONTROL_PLANE_TICKET"] ?? "")
    .withWorkerId(workerId)
    .withArguments(...(args.worker ?? []));
  if (roles.includes("flawless")) {
    return worker.withOwnFlawless().withModules(...modules);
  }
  const url = options.environment["FLAWLESS_URL"];
  // With a ticket it needs no URL.
  return url === undefined ? worker : worker.withFlawlessUrl(url);
}

/** For a container that is used before it is ready. */
class NoWait implements WaitStrategy {
  async waitUntilReady(): Promise<void> {
    // It only needs to run.
  }

  withStartupTimeout(): this {
    return this;
  }

  isStartupTimeoutSet(): boolean {
    return true;
  }

  getStartupTimeout(): number {
    return 1;
  }
}

/** A container as a member of a cluster. */
export class ContainerMember implements MemberHandle {
  readonly #container: StartedServiceContainer;
  readonly #startupTimeoutMs: number;

  constructor(container: StartedServiceContainer, startupTimeoutMs: number) {
    this.#container = container;
    this.#startupTimeoutMs = startupTimeoutMs;
  }

  async ready(): Promise<void> {
    const command = [...waitCommand, String(this.#startupTimeoutMs)];
    const { exitCode, output } = await this.#container.exec(command);
    if (exitCode !== 0) {
      throw new TestkitError(
        "FLAWLESS_TESTKIT_CONTAINER_FAILED",
        `The container was not ready after ${this.#startupTimeoutMs} ms: ${output.trim()}`,
      );
    }
  }

  kill(): Promise<void> {
    return this.#container.kill();
  }

  async stop(): Promise<void> {
    await this.#container.stop({ remove: false });
  }

  restart(): Promise<void> {
    return this.#container.restart();
  }

  disconnect(): Promise<void> {
    return this.#container.disconnect();
  }

  connect(): Promise<void> {
    return this.#container.connect();
  }

  pause(): Promise<void> {
    return this.#container.pause();
  }

  resume(): Promise<void> {
    return this.#container.resume();
  }

  readLog(): Promise<string> {
    return this.#container.readLog();
  }

  async ask(url: string): Promise<UrlAnswer> {
    const command = isTicket(url)
      ? [...askTicketCommand, url]
      : [imagePaths.node, "-e", askUrlScript, url];
    const { output } = await this.#container.exec(command);
    return readAnswer(output);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#container[Symbol.asyncDispose]();
  }
}
