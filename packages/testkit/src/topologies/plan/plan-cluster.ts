import { InvalidOptionError } from "@flawless-ts/wasm-module";
import { controlPlanePort, flawlessPort, postgresPort } from "../../containers/service/ports.ts";
import { wholeSeconds } from "../../whole-seconds.ts";
import { addressIn } from "../../containers/subnet.ts";
import type {
  ClusterPlan,
  LinkPlan,
  MemberPlan,
  NodePlan,
  PlanOptions,
  WorkerPlan,
} from "./cluster-plan.ts";
import { postgresPassword } from "./links.ts";
import { topologies, type TopologyTraits, traitsOf } from "./topology.ts";
import { workerSettings } from "./worker-settings.ts";

/** The members' addresses in the subnet, as in mvm-ci: nodes from .11, workers from .21, a shared Flawless at .10. */
const places = { hop: 8, postgres: 9, flawless: 10, nodes: 11, workers: 21 } as const;
const defaultSubnet = "192.168.100.0/24";
const defaultWorkersSubnet = "192.168.101.0/24";
const maxNodes = 10;
const maxWorkers = 50;
/** A node has 7 for its control plane, and up to 10 for its Flawless server. */
const maxConnections = 300;
const sharedName = "flawless";
const databaseName = "postgres";
const hopName = "hop";
/** On the hop; each further node has the next port. */
const firstHopPort = 3_021;
const usualPorts = {
  [controlPlanePort]: controlPlanePort,
  [flawlessPort]: flawlessPort,
  [postgresPort]: postgresPort,
} as const;
/** The path in our image of the module that control planes deploy by default. */
const crawlerInImage =
  "/opt/flawless-ts/node_modules/@flawless-ts/wasm-module/fixtures/wasm/crawler_stand_in.wasm";

/**
 * Describes a cluster; starts nothing.
 *
 * @throws InvalidOptionError
 */
export function planCluster(options: PlanOptions): ClusterPlan {
  if (!topologies.includes(options.topology)) {
    throw new InvalidOptionError(
      "topology",
      `expected one of ${topologies.join(", ")}, but got ${JSON.stringify(options.topology)}.`,
    );
  }
  return new Planner(options).plan();
}

class Planner {
  readonly #options: PlanOptions;
  readonly #traits: TopologyTraits;
  readonly #subnet: string;
  readonly #workersSubnet: string;
  readonly #nodeCount: number;
  readonly #workerCount: number;
  readonly #contained: boolean;
  #hostPorts: Readonly<Record<keyof typeof usualPorts, number>> = usualPorts;

  constructor(options: PlanOptions) {
    const { topology, subnet = defaultSubnet, addressing } = options;
    this.#workersSubnet = options.workersSubnet ?? defaultWorkersSubnet;
    this.#options = options;
    this.#traits = traitsOf[topology];
    this.#subnet = subnet;
    this.#contained = this.#traits.workersIn !== "in-process";
    this.#nodeCount = count("nodes", options.nodes ?? 1, 1, maxNodes);
    const inNodes = this.#traits.workersIn === "node-container";
    const usual = inNodes ? this.#nodeCount : 1;
    this.#workerCount = count("workers", options.workers ?? usual, 0, maxWorkers);
    if (inNodes && this.#workerCount > this.#nodeCount) {
      throw new InvalidOptionError(
        "workers",
        `same-container has one worker in each node's container: ${this.#workerCount} workers need as many nodes, not ${this.#nodeCount}. Let each run several jobs by concurrency.`,
      );
    }
    if (!this.#contained && (addressing !== undefined || options.subnet !== undefined)) {
      throw new InvalidOptionError(
        addressing === undefined ? "subnet" : "addressing",
        `it is about containers, and ${topology} has none. Leave it out.`,
      );
    }
    if (options.workersSubnet !== undefined && !this.#traits.byTicket) {
      throw new InvalidOptionError(
        "workersSubnet",
        `with ${topology} workers are in the nodes' network. Leave it out.`,
      );
    }
    if (options.workerFlawlessUrl !== undefined && inNodes) {
      throw new InvalidOptionError(
        "workerFlawlessUrl",
        "with same-container the worker shares its variables with its node. Leave it out.",
      );
    }
    wholeSeconds("heartbeatIntervalMs", options.heartbeatIntervalMs ?? 1_000);
    wholeSeconds("workerTimeoutMs", options.workerTimeoutMs ?? 1_000);
    count("concurrency", options.concurrency ?? 1, 1, 86_400);
    count("maxRetries", options.maxRetries ?? 0, 0, 1_000);
  }

  plan(): ClusterPlan {
    const nodes = range(this.#nodeCount).map((index) => this.#node(index));
    const workers = range(this.#workerCount).map((index) => this.#worker(index, nodes));
    const shared = this.#traits.nodesHaveFlawless ? [] : [this.#sharedFlawless()];
    const inNodes = this.#traits.workersIn === "node-container";
    const members = [
      ...(this.#hasDatabase ? [this.#database()] : []),
      ...shared,
      ...nodes.map((node, index) => this.#nodeMember(node, inNodes ? workers[index] : undefined)),
      ...(this.#traits.byTicket ? [this.#hop(nodes)] : []),
      ...(inNodes ? [] : workers.map((worker, index) => this.#workerMember(worker, index))),
    ];
    return {
      topology: this.#options.topology,
      network: this.#contained ? { subnet: this.#subnet } : null,
      workersNetwork: this.#traits.byTicket ? { subnet: this.#workersSubnet } : null,
      members,
      nodes,
      workers,
      database: this.#hasDatabase ? databaseName : null,
    };
  }

  /** A single node stores everything itself, unless its Flawless server is a cluster. */
  get #hasDatabase(): boolean {
    return this.#nodeCount > 1 || this.#traits.flawlessIsCluster;
  }

  /** The nodes that a worker may use: in a cluster all of them, its own first. */
  #nodesFor(member: string): readonly string[] {
    if (!this.#traits.flawlessIsCluster) return [member];
    const others = range(this.#nodeCount).map((index) => this.#node(index).member);
    return [member, ...others.filter((other) => other !== member)];
  }

  #node(index: number): NodePlan {
    const id = `mvm-ci-node${index + 1}`;
    return { id, member: id, flawless: this.#traits.nodesHaveFlawless ? id : sharedName };
  }

  #worker(index: number, nodes: readonly NodePlan[]): WorkerPlan {
    const id = `worker${index + 1}`;
    const node = nodes[index % nodes.length] ?? this.#node(0);
    const member = this.#traits.workersIn === "node-container" ? node.member : id;
    const flawless = this.#traits.workersHaveFlawless ? id : node.flawless;
    return { id, member, controlPlane: node.member, flawless };
  }

  #sharedFlawless(): MemberPlan {
    return {
      ...this.#member(sharedName, places.flawless),
      roles: ["flawless"],
      environment: { FLAWLESS_BIND: `0.0.0.0:${flawlessPort}` },
      // On its localhost there is no control plane for the workflow `crawler` to report to.
      links: [link("FLAWLESS_SECRET_CONTROL_PLANE_URL", this.#node(0).member, controlPlanePort)],
      publishedPorts: [this.#publish(flawlessPort)],
      volume: `${sharedName}-data`,
    };
  }

  #database(): MemberPlan {
    return {
      ...this.#member(databaseName, places.postgres),
      roles: ["postgres"],
      args: { postgres: ["-c", `max_connections=${maxConnections}`] },
      environment: { POSTGRES_PASSWORD: postgresPassword },
      publishedPorts: [this.#publish(postgresPort)],
      volume: `${databaseName}-data`,
    };
  }

  #hop(nodes: readonly NodePlan[]): MemberPlan {
    const ways = nodes.map((_node, index) => {
      const address = addressIn(this.#subnet, places.nodes + index);
      return `${firstHopPort + index}=${address}:${controlPlanePort}`;
    });
    return {
      ...this.#member(hopName, places.hop),
      roles: ["hop"],
      args: { hop: ways },
      workersAddress: addressIn(this.#workersSubnet, places.hop),
    };
  }

  /** A node doesn't know about the hop that leads to it. */
  #endpointArgs(index: number): readonly string[] {
    const hop = `${addressIn(this.#workersSubnet, places.hop)}:${firstHopPort + index}`;
    return ["--iroh", `0.0.0.0:${controlPlanePort}`, "--iroh-advertise", hop];
  }

  #nodeMember(node: NodePlan, worker: WorkerPlan | undefined): MemberPlan {
    const index = Number(/\d+$/.exec(node.id)?.[0] ?? 1) - 1;
    const { nodesHaveFlawless, flawlessIsCluster, byTicket } = this.#traits;
    const { workerTimeoutMs, maxRetries } = this.#options;
    const rules = [
      ...(byTicket ? this.#endpointArgs(index) : []),
      ...(workerTimeoutMs === undefined
        ? []
        : ["--worker-timeout", wholeSeconds("workerTimeoutMs", workerTimeoutMs)]),
      ...(maxRetries === undefined ? [] : ["--max-retries", String(maxRetries)]),
    ];
    const forWorker = worker === undefined ? null : workerSettings(worker, this.#options);
    return {
      ...this.#member(node.member, places.nodes + index),
      roles: [
        ...(nodesHaveFlawless ? (["flawless"] as const) : []),
        "control-plane",
        ...(worker === undefined ? [] : (["worker"] as const)),
      ],
      environment: {
        NODE_ID: node.id,
        ...(nodesHaveFlawless ? { FLAWLESS_BIND: `0.0.0.0:${flawlessPort}` } : {}),
        ...forWorker?.environment,
      },
      links: [
        ...(nodesHaveFlawless ? [] : [link("FLAWLESS_URL", node.flawless, flawlessPort)]),
        link("FLAWLESS_ADVERTISED_URL", node.flawless, flawlessPort),
        link("CONTROL_PLANE_ADVERTISED_URL", node.member, controlPlanePort),
        // In a container the module's own default applies: localhost:3020.
        ...(this.#contained
          ? []
          : [link("FLAWLESS_SECRET_CONTROL_PLANE_URL", node.member, controlPlanePort)]),
        ...(this.#hasDatabase ? [link("CONTROL_PLANE_STORE", databaseName, postgresPort)] : []),
        ...(flawlessIsCluster ? [link("FLAWLESS_JOURNAL", databaseName, postgresPort)] : []),
      ],
      args: {
        ...(rules.length > 0 ? { "control-plane": rules } : {}),
        ...(forWorker === null ? {} : { worker: forWorker.args }),
      },
      publishedPorts: [
        this.#publish(controlPlanePort),
        ...(nodesHaveFlawless ? [this.#publish(flawlessPort)] : []),
      ],
      // A node that stores everything in the database needs no volume.
      volume:
        (nodesHaveFlawless && !flawlessIsCluster) || !this.#hasDatabase
          ? `${node.member}-data`
          : null,
      dependsOn: this.#hasDatabase ? [databaseName] : [],
    };
  }

  #workerMember(worker: WorkerPlan, index: number): MemberPlan {
    const { workersHaveFlawless, workersIn, byTicket } = this.#traits;
    const { workerFlawlessUrl } = this.#options;
    const { environment, args } = workerSettings(worker, this.#options);
    const where =
      workersIn === "host-process" || workersIn === "in-process" ? workersIn : "container";
    return {
      ...this.#member(
        worker.member,
        where === "container" && !byTicket ? places.workers + index : null,
      ),
      where,
      workersAddress: byTicket ? addressIn(this.#workersSubnet, places.workers + index) : null,
      roles: workersHaveFlawless ? ["flawless", "worker"] : ["worker"],
      environment: {
        ...(workersHaveFlawless ? { FLAWLESS_BIND: `0.0.0.0:${flawlessPort}` } : {}),
        ...environment,
      },
      links: [
        {
          variable: "CONTROL_PLANE_TICKET",
          members: this.#nodesFor(worker.controlPlane),
          port: controlPlanePort,
          ...(byTicket ? { byTicket } : {}),
        },
        // The control plane's ticket leads to its Flawless server, too.
        ...(workersHaveFlawless || byTicket || workerFlawlessUrl !== undefined
          ? []
          : [
              {
                variable: "FLAWLESS_URL",
                members: this.#nodesFor(worker.flawless),
                port: flawlessPort,
              },
            ]),
        ...(workersHaveFlawless
          ? [link("FLAWLESS_SECRET_CONTROL_PLANE_URL", worker.controlPlane, controlPlanePort)]
          : []),
      ],
      args: {
        worker: [
          ...args,
          ...(workersHaveFlawless && this.#options.defaultModules !== false
            ? ["--module", crawlerInImage]
            : []),
        ],
      },
      publishedPorts: workersHaveFlawless ? [this.#publish(flawlessPort)] : [],
      volume: workersHaveFlawless ? `${worker.member}-data` : null,
      dependsOn: [
        ...new Set([worker.controlPlane, worker.flawless, ...(byTicket ? [hopName] : [])]),
      ].filter((name) => name !== worker.member),
    };
  }

  #member(name: string, place: number | null): MemberPlan {
    return {
      name,
      roles: [],
      where: this.#contained ? "container" : "in-process",
      environment: {},
      links: [],
      args: {},
      address: this.#contained && place !== null ? addressIn(this.#subnet, place) : null,
      workersAddress: null,
      publishedPorts: [],
      volume: null,
      dependsOn: [],
    };
  }

  /** The first gets the usual port, each further one the next. */
  #publish(container: keyof typeof usualPorts): MemberPlan["publishedPorts"][number] {
    const host = this.#hostPorts[container];
    this.#hostPorts = { ...this.#hostPorts, [container]: host + 1 };
    return { container, host };
  }
}

function link(variable: string, member: string, port: number): LinkPlan {
  return { variable, members: [member], port };
}

function range(length: number): readonly number[] {
  return Array.from({ length }, (_, index) => index);
}

function count(name: string, value: number, min: number, max: number): number {
  if (!Number.isSafeInteger(value) || value < min || value > max) {
    throw new InvalidOptionError(
      name,
      `expected a whole number from ${min} to ${max}, but got ${String(value)}.`,
    );
  }
  return value;
}
