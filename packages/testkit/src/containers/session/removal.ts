import { findEngine, type Docker } from "../docker/engine.ts";
import { unlessGone } from "../docker/status-code.ts";
import { hasEnded, parseIdentity } from "./process-identity.ts";
import { processLabel, sessionLabel } from "./session.ts";

/** The numbers of removed objects. */
export interface Removed {
  readonly containers: number;
  readonly networks: number;
  readonly volumes: number;
}

/**
 * Removes every container, network and volume with a label, running or not. Images stay.
 *
 * @param label `KEY` or `KEY=VALUE`
 * @throws AggregateError of what could not be removed, after everything else was
 */
export async function removeLabelled(docker: Docker, label: string): Promise<Removed> {
  const filters = { label: [label] };
  const failures: unknown[] = [];
  const each = async <T>(items: readonly T[], remove: (item: T) => Promise<void>) => {
    const results = await Promise.allSettled(items.map(remove));
    failures.push(...results.filter((result) => result.status === "rejected").map(reasonOf));
    return items.length;
  };
  const containers = await each(
    await docker.listContainers({ all: true, filters }),
    async ({ Id }) => unlessGone(docker.getContainer(Id).remove({ force: true, v: true })),
  );
  const [networks, volumes] = await Promise.all([
    docker.listNetworks({ filters }),
    docker.listVolumes({ filters }),
  ]);
  const removed = {
    containers,
    networks: await each(networks, ({ Id }) => removeNetwork(docker, Id)),
    // Docker returns null if there are none.
    volumes: await each(volumes.Volumes ?? [], async ({ Name }) =>
      unlessGone(docker.getVolume(Name).remove()),
    ),
  };
  if (failures.length > 0) {
    throw new AggregateError(failures, `${failures.length} things of Docker were not removed.`);
  }
  return removed;
}

/** Removes a network, whatever is still connected to it. */
export async function removeNetwork(docker: Docker, id: string): Promise<void> {
  const network = docker.getNetwork(id);
  try {
    await unlessGone(network.remove());
  } catch {
    const { Containers = {} } = (await network.inspect()) as {
      readonly Containers?: Readonly<Record<string, unknown>>;
    };
    await Promise.all(
      Object.keys(Containers).map((container) =>
        unlessGone(network.disconnect({ Container: container, Force: true })),
      ),
    );
    await unlessGone(network.remove());
  }
}

function reasonOf(result: PromiseSettledResult<unknown>): unknown {
  return result.status === "rejected" ? result.reason : undefined;
}

/**
 * Removes the containers, networks and volumes of sessions whose process has ended on this machine. Normally that
 * happens when a process ends; this is for what is left after a machine lost power, or its Docker engine crashed.
 *
 * @throws TestkitError `FLAWLESS_TESTKIT_NO_DOCKER`
 * @throws AggregateError of what could not be removed, after everything else was
 */
export async function removeLeftovers(): Promise<Removed> {
  const { docker } = await findEngine();
  const filters = { label: [sessionLabel] };
  const [containers, networks, volumes] = await Promise.all([
    docker.listContainers({ all: true, filters }),
    docker.listNetworks({ filters }),
    docker.listVolumes({ filters }),
  ]);
  const ended = new Set<string>();
  for (const { Labels } of [...containers, ...networks, ...(volumes.Volumes ?? [])]) {
    const session = Labels?.[sessionLabel];
    const identity = parseIdentity(Labels?.[processLabel] ?? "");
    if (session !== undefined && identity !== null && hasEnded(identity)) {
      ended.add(session);
    }
  }
  const total = { containers: 0, networks: 0, volumes: 0 };
  for (const session of ended) {
    const removed = await removeLabelled(docker, `${sessionLabel}=${session}`);
    total.containers += removed.containers;
    total.networks += removed.networks;
    total.volumes += removed.volumes;
  }
  return total;
}
