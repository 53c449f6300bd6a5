import {
  type CallOptions,
  ControlPlane,
  type DeployedModule,
  Flawless,
  type Job,
  type ModuleSource,
  type NewJob,
} from "@flawless-ts/sdk";
import { InvalidOptionError } from "@flawless-ts/wasm-module";
import { refuseUnknownOptions } from "@flawless-ts/wasm-module/internal";
import { controlPlanePort, flawlessPort, postgresPort } from "../containers/service/ports.ts";
import type {
  ClusterDatabase,
  ClusterMember,
  ClusterNode,
  ClusterWorker,
} from "./cluster-members.ts";
import { clusterOptionNames, type ClusterOptions } from "./cluster-options.ts";
import { waitForJob, type WaitForJobOptions } from "./job-wait.ts";
import type { MemberHandle } from "./members/member-handle.ts";
import type { ClusterPlan } from "./plan/cluster-plan.ts";
import { memberOf, urlOn } from "./plan/links.ts";
import type { Topology } from "./plan/topology.ts";
import { explainReachability, type Reachability } from "./reachability/explain-reachability.ts";
import { type StartedMembers, startMembers } from "./start-members.ts";

/**
 * Flawless servers, control planes and workers, arranged as a topology says, to test what will be deployed.
 *
 * ```ts
 * await using cluster = await Cluster.start({ topology: "shared-flawless", nodes: 3, workers: 2 });
 * const id = await cluster.publish({ payload: { url: "https://example.com" } });
 * await cluster.kill("worker1");
 * expect(await cluster.waitForJob(id)).toMatchObject({ status: "Completed" });
 * ```
 */
export class Cluster implements AsyncDisposable {
  /** The plan of what was started, with the actual ports on this machine. */
  readonly plan: ClusterPlan;
  /** The nodes. If there are several, they are equal. */
  readonly nodes: readonly ClusterNode[];
  readonly workers: readonly ClusterWorker[];
  /** The PostgreSQL that several nodes share; null if a single node stores everything itself. */
  readonly database: ClusterDatabase | null;
  /** All Flawless servers; each has a client, which is closed with the cluster. */
  readonly flawlessServers: readonly Flawless[];
  /** The nodes are equal, so waiting for a job works whichever of them is down. */
  readonly #anyNode: ControlPlane;
  readonly #handles: ReadonlyMap<string, MemberHandle>;
  /** Everything that was started. Until the start has succeeded, it belongs to the caller of the constructor. */
  #started: AsyncDisposableStack | null = null;

  private constructor(
    plan: ClusterPlan,
    handles: ReadonlyMap<string, MemberHandle>,
    environments: StartedMembers["environments"],
    resources: AsyncDisposableStack,
  ) {
    this.plan = plan;
    this.#handles = handles;
    const servers = new Map<string, Flawless>();
    for (const { name, roles } of plan.members) {
      if (roles.includes("flawless")) {
        const url = hostUrl(plan, name, flawlessPort);
        servers.set(name, resources.use(new Flawless({ url })));
      }
    }
    this.flawlessServers = [...servers.values()];
    this.nodes = plan.nodes.map(({ id, member, flawless: server }) => {
      const url = hostUrl(plan, member, controlPlanePort);
      const controlPlane = resources.use(new ControlPlane({ url }));
      const flawless = servers.get(server) ?? unknownMember(server);
      const flawlessMember = { name: server };
      const flawlessUrl = flawless.url;
      return { id, name: member, url, controlPlane, flawlessUrl, flawless, flawlessMember };
    });
    const url = this.nodes.map((node) => node.url);
    this.#anyNode = resources.use(new ControlPlane({ url }));
    this.database =
      plan.database === null
        ? null
        : { name: plan.database, url: hostUrl(plan, plan.database, postgresPort) };
    this.workers = plan.workers.map(({ id, member }) => {
      const planned = memberOf(plan, member);
      const variables = environments.get(member) ?? {};
      const here = (port: number): string => `http://localhost:${port}`;
      return {
        id,
        name: member,
        controlPlaneUrl: variables["CONTROL_PLANE_TICKET"] ?? here(controlPlanePort),
        flawlessUrl: planned.roles.includes("flawless")
          ? (variables["FLAWLESS_URL"] ?? here(flawlessPort))
          : // With a ticket, the control plane leads to its Flawless server, too.
            (variables["FLAWLESS_URL"] ?? variables["CONTROL_PLANE_TICKET"] ?? ""),
      };
    });
  }

  /**
   * Starts a cluster; all of it is ready when this resolves. If something fails, nothing is left behind.
   *
   * @throws InvalidOptionError
   * @throws TestkitError `FLAWLESS_TESTKIT_NO_DOCKER`, `FLAWLESS_TESTKIT_IMAGE_FAILED`,
   * `FLAWLESS_TESTKIT_CONTAINER_FAILED`; `FLAWLESS_TESTKIT_NO_POSTGRES` if there is no database for several nodes;
   * `FLAWLESS_TESTKIT_NO_IROH` if the package for `ticket` is missing; `FLAWLESS_TESTKIT_UNREACHABLE` if
   * `workerFlawlessUrl` is unreachable
   */
  static async start(options: ClusterOptions): Promise<Cluster> {
    refuseUnknownOptions(options, clusterOptionNames);
    for (const name of ["image", "postgresImage"] as const) {
      if (options.topology === "in-process" && options[name] !== undefined) {
        throw new InvalidOptionError(
          name,
          "it is about containers, and in-process has none. Leave it out.",
        );
      }
    }
    await using starting = new AsyncDisposableStack();
    const { plan, handles, environments } = await startMembers(options, starting);
    const resources = starting.use(new AsyncDisposableStack());
    const cluster = new Cluster(plan, handles, environments, resources);
    cluster.#started = starting.move();
    return cluster;
  }

  get topology(): Topology {
    return this.plan.topology;
  }

  /** A client of the first node's Flawless server, or of the one that all nodes share. */
  get flawless(): Flawless {
    return this.#first.flawless;
  }

  /**
   * The member that runs the server of {@link flawless}, to stop or kill: a node, or the container that all
   * nodes share.
   */
  get flawlessMember(): ClusterMember {
    return this.#first.flawlessMember;
  }

  /**
   * The URL of a small page that each Flawless server of the cluster can reach without the internet; in containers, its
   * own page. For workflows that fetch something.
   */
  get page(): string {
    const isHere = this.plan.network === null;
    return `${isHere ? this.flawless.url : urlOn("localhost", flawlessPort, flawlessPort)}/version`;
  }

  /** A client of the first node's control plane. */
  get controlPlane(): ControlPlane {
    return this.#first.controlPlane;
  }

  /**
   * Deploys a module to every Flawless server of the cluster, so that whichever worker gets a job finds it.
   *
   * @returns the module at {@link flawless}
   * @throws FlawlessError as `Flawless.deploy` does
   */
  async deploy(module: ModuleSource, options: CallOptions = {}): Promise<DeployedModule> {
    const deployed = await this.flawless.deploy(module, options);
    const others = this.flawlessServers.filter((server) => server !== this.flawless);
    await Promise.all(others.map((server) => server.deploy(module, options)));
    return deployed;
  }

  /**
   * Publishes a job at the first node.
   *
   * @returns the job's id
   * @throws FlawlessError as `ControlPlane.publish` does
   */
  publish(job: NewJob, options: CallOptions = {}): Promise<string> {
    return this.controlPlane.publish(job, options);
  }

  /**
   * Waits until a job has ended, or has reached the given state. Any node may be asked. While all of them are down, it
   * waits for them, too.
   *
   * @throws TestkitError `FLAWLESS_TESTKIT_JOB_UNFINISHED` if that takes too long; it has the state of the job and the
   * workers, and says why a worker can't reach its Flawless server
   */
  waitForJob(id: string, options: WaitForJobOptions = {}): Promise<Job> {
    const { workers } = this;
    const explain = (worker: ClusterWorker): Promise<Reachability> =>
      this.explainReachability(worker);
    const watched = { controlPlane: this.#anyNode, workers, explainReachability: explain };
    return waitForJob(watched, id, options);
  }

  /**
   * Stops a member gracefully. It can be restarted.
   *
   * @param member the member, or its name. With `same-container` a worker's member is its node.
   * @throws InvalidOptionError for an unknown name
   */
  async stop(member: ClusterMember | string): Promise<void> {
    await this.#handle(member).stop();
  }

  /**
   * Kills a member immediately, like `kill -9`. In process, as abruptly as possible.
   *
   * @throws TestkitError as {@link stop}
   */
  async kill(member: ClusterMember | string): Promise<void> {
    await this.#handle(member).kill();
  }

  /**
   * Restarts a member, with its data and at its old address; it is ready when this resolves.
   *
   * @throws TestkitError as {@link stop}; `FLAWLESS_TESTKIT_CONTAINER_FAILED`
   */
  async restart(member: ClusterMember | string): Promise<void> {
    await this.#handle(member).restart();
  }

  /**
   * Cuts a member off from the network. A worker that is a process on this machine is paused instead. A container's
   * published ports can't be reached meanwhile.
   *
   * @throws TestkitError as {@link stop}; `FLAWLESS_TESTKIT_NOT_SUPPORTED` for a node in this process
   */
  async disconnect(member: ClusterMember | string): Promise<void> {
    await this.#handle(member).disconnect();
  }

  /**
   * Undoes {@link disconnect}.
   *
   * @throws TestkitError as {@link disconnect}
   */
  async connect(member: ClusterMember | string): Promise<void> {
    await this.#handle(member).connect();
  }

  /**
   * Pauses a member: it keeps its connections but doesn't respond, like a machine that hangs.
   *
   * @throws TestkitError as {@link stop}; `FLAWLESS_TESTKIT_NOT_SUPPORTED` for a node or a worker in this process
   */
  async pause(member: ClusterMember | string): Promise<void> {
    await this.#handle(member).pause();
  }

  /**
   * Undoes {@link pause}.
   *
   * @throws TestkitError as {@link pause}
   */
  async resume(member: ClusterMember | string): Promise<void> {
    await this.#handle(member).resume();
  }

  /** A member's log, standard error included. */
  async logs(member: ClusterMember | string): Promise<string> {
    return this.#handle(member).readLog();
  }

  /**
   * Requests a Flawless server's URL from where a worker is, as the worker would, and explains the result.
   *
   * @param url default: the URL that the worker uses; the first of several
   */
  async explainReachability(worker: ClusterWorker | string, url?: string): Promise<Reachability> {
    const found = this.#worker(worker);
    const { where } = memberOf(this.plan, found.name);
    const handle = this.#handle(found.name);
    return explainReachability(url ?? found.flawlessUrl.split(",")[0] ?? "", {
      from: where === "container" ? "container" : "host",
      ask: (asked) => handle.ask(asked),
    });
  }

  /** Kills all members, and removes their containers, networks, volumes and directories. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#started?.disposeAsync();
  }

  get #first(): ClusterNode {
    return this.nodes[0] ?? unknownMember("of a node");
  }

  #worker(worker: ClusterWorker | string): ClusterWorker {
    const id = typeof worker === "string" ? worker : worker.id;
    return this.workers.find((candidate) => candidate.id === id) ?? unknownMember(id);
  }

  #handle(member: ClusterMember | string): MemberHandle {
    const given = typeof member === "string" ? member : member.name;
    // A worker in its node's container can be given by its own id, too.
    const name = this.workers.find(({ id }) => id === given)?.name ?? given;
    return this.#handles.get(name) ?? unknownMember(given);
  }
}

/** The URL of a member's port, as this process reaches it. */
function hostUrl(plan: ClusterPlan, name: string, port: number): string {
  const published = memberOf(plan, name).publishedPorts.find(({ container }) => container === port);
  return urlOn("127.0.0.1", port, published?.host ?? port);
}

function unknownMember(name: string): never {
  throw new InvalidOptionError("member", `the cluster has no member ${name}.`);
}
