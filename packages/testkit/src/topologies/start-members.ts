import { ClusterNetwork } from "../containers/cluster-network.ts";
import { freePort } from "../containers/docker/free-port.ts";
import { resolveImage } from "../containers/image/resolve-image.ts";
import { assertTicketPackage } from "../containers/image/ticket-package.ts";
import { Volume } from "../containers/volume.ts";
import { TestkitError } from "../errors.ts";
import type { ClusterOptions } from "./cluster-options.ts";
import { startContainer } from "./members/container-member.ts";
import { startInProcessNode } from "./members/in-process-node.ts";
import { startInProcessPostgres } from "./members/in-process-postgres.ts";
import { startInProcessWorker } from "./members/in-process-worker.ts";
import { startPostgresContainer } from "./members/postgres-member.ts";
import type { MemberHandle } from "./members/member-handle.ts";
import { startProcess } from "./members/process-member.ts";
import { ticketsOf } from "./members/tickets-of.ts";
import type { StartMember } from "./members/starter.ts";
import type { ClusterPlan, MemberPlan } from "./plan/cluster-plan.ts";
import { withHostPorts } from "./plan/host-ports.ts";
import { environmentOf, reachedByTicket } from "./plan/links.ts";
import { planCluster } from "./plan/plan-cluster.ts";
import { traitsOf } from "./plan/topology.ts";
import { explainReachability } from "./reachability/explain-reachability.ts";

/** The started members. */
export interface StartedMembers {
  readonly plan: ClusterPlan;
  readonly handles: ReadonlyMap<string, MemberHandle>;
  /** The variables that each member was started with, by its name. */
  readonly environments: ReadonlyMap<string, Readonly<Record<string, string>>>;
}

/** The networks of a cluster with containers. */
interface Networks {
  readonly nodes: ClusterNetwork;
  /** Null if workers are in the nodes' network. */
  readonly workers: ClusterNetwork | null;
}

const defaultStartupTimeoutMs = 60_000;

/**
 * Starts a cluster's members in parallel, except those that need others first.
 *
 * @param resources gets everything that was started, even if the rest fails
 * @param packagesFrom where to look up the package for tickets; default: next to the testkit
 */
export async function startMembers(
  options: ClusterOptions,
  resources: AsyncDisposableStack,
  packagesFrom?: string,
): Promise<StartedMembers> {
  const planOptions = { ...options, defaultModules: options.modules === undefined };
  const first = planCluster(planOptions);
  if (traitsOf[options.topology].byTicket) {
    assertTicketPackage(options.image ?? "auto", packagesFrom);
  }
  const networks = first.network === null ? null : await makeNetworks(options, first, resources);
  const subnets = { subnet: networks?.nodes.subnet, workersSubnet: networks?.workers?.subnet };
  const plan = await withHostPorts(
    networks === null ? first : planCluster({ ...planOptions, ...subnets }),
    (used) => freePort("127.0.0.1", used),
  );
  const volumes = await makeVolumes(plan, resources);
  const start = starterOf(options, networks, volumes);
  const handles = new Map<string, MemberHandle>();
  const environments = new Map<string, Readonly<Record<string, string>>>();
  const { startupTimeoutMs = defaultStartupTimeoutMs } = options;
  resources.defer(() => disposeOfAll(handles.values()));
  const starting = new Map<string, Promise<void>>();
  const failed = new AbortController();
  const begin = async (member: MemberPlan): Promise<void> => {
    await Promise.all(member.dependsOn.map((name) => starting.get(name)));
    if (failed.signal.aborted) {
      return;
    }
    const tickets = await ticketsOf(plan, reachedByTicket(member), startupTimeoutMs);
    const environment = environmentOf(plan, member, options.addressing ?? "name", tickets);
    environments.set(member.name, environment);
    const url = member.roles.includes("worker") ? options.workerFlawlessUrl : undefined;
    const early = url !== undefined;
    const handle = await start(member, { environment, modules: options.modules, early });
    handles.set(member.name, handle);
    if (url !== undefined) {
      await assertReachable(plan, member, handle, url);
      await handle.ready();
    }
  };
  for (const member of plan.members) {
    const started = begin(member);
    starting.set(member.name, started);
    started.catch(() => failed.abort());
  }
  // Wait for all of them, so that members still starting when another fails are disposed of, too.
  const outcomes = await Promise.allSettled(starting.values());
  outcomes.forEach(valueOf);
  return { plan, handles, environments };
}

/** A worker waits for its Flawless server forever, so with a wrong URL it would never be ready. */
async function assertReachable(
  { topology }: ClusterPlan,
  { name, where }: MemberPlan,
  handle: MemberHandle,
  url: string,
): Promise<void> {
  const { outcome, text } = await explainReachability(url, {
    from: where === "container" ? "container" : "host",
    ask: (asked) => handle.ask(asked),
  });
  if (outcome !== "ok") {
    throw new TestkitError(
      "FLAWLESS_TESTKIT_UNREACHABLE",
      `${name} (${topology}) can't reach its Flawless server. ${text}`,
    );
  }
}

function subnetOf(subnet: string | undefined): { readonly subnet?: string } {
  return subnet === undefined ? {} : { subnet };
}

/** Makes the networks, and meanwhile the image, which is the slower part if it must be built. */
async function makeNetworks(
  { image = "auto", subnet }: ClusterOptions,
  { workersNetwork }: ClusterPlan,
  resources: AsyncDisposableStack,
): Promise<Networks> {
  const make = async (): Promise<Networks> => {
    const nodes = resources.use(await ClusterNetwork.create(subnetOf(subnet)));
    const workers =
      workersNetwork === null
        ? null
        : resources.use(await ClusterNetwork.create({ internal: true }));
    return { nodes, workers };
  };
  const [networks, built] = await Promise.allSettled([make(), resolveImage(image)]);
  valueOf(built);
  return valueOf(networks);
}

async function makeVolumes(
  { members, network }: ClusterPlan,
  resources: AsyncDisposableStack,
): Promise<ReadonlyMap<string, Volume>> {
  const names = members.flatMap(({ volume }) => (network === null ? [] : (volume ?? [])));
  const made = await Promise.allSettled(
    names.map(async (name) => [name, resources.use(await Volume.create())] as const),
  );
  return new Map(made.map(valueOf));
}

/** In parallel, because most of the time is spent in the engine. All of them, even if one fails. */
async function disposeOfAll(handles: Iterable<MemberHandle>): Promise<void> {
  const ends = await Promise.allSettled(
    [...handles].map((handle) => handle[Symbol.asyncDispose]()),
  );
  ends.forEach(valueOf);
}

function valueOf<T>(outcome: PromiseSettledResult<T>): T {
  if (outcome.status === "rejected") {
    throw outcome.reason;
  }
  return outcome.value;
}

function starterOf(
  { image = "auto", postgresImage, startupTimeoutMs = defaultStartupTimeoutMs }: ClusterOptions,
  networks: Networks | null,
  volumes: ReadonlyMap<string, Volume>,
): StartMember {
  return (member, options) => {
    if (member.where === "host-process") {
      return startProcess(member, options, startupTimeoutMs);
    }
    if (member.roles.includes("postgres")) {
      return networks === null
        ? startInProcessPostgres(member)
        : startPostgresContainer(member, {
            network: networks.nodes,
            volumes,
            image: postgresImage,
            startupTimeoutMs,
          });
    }
    if (networks !== null) {
      const scope = { volumes, image, startupTimeoutMs };
      const { nodes, workers } = networks;
      // A hop is in both networks, and is started in the nodes'.
      return member.address === null && workers !== null
        ? startContainer(member, options, { ...scope, network: workers })
        : startContainer(member, options, { ...scope, network: nodes, second: workers });
    }
    return member.roles.includes("control-plane")
      ? startInProcessNode(member, options, startupTimeoutMs)
      : startInProcessWorker(member, options, startupTimeoutMs);
  };
}
