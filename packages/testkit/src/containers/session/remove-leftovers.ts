import { findEngine } from "../docker/engine.ts";
import { processLabel, sessionLabel } from "./labels.ts";
import { hasEnded, parseIdentity } from "./process-identity.ts";
import { type Removed, removeLabelled } from "./remove-labelled.ts";

/**
 * Removes the containers, networks and volumes of sessions whose process has ended on this machine. That happens by
 * itself when a process ends; this is for what a machine that lost its power, or its Docker engine, has left.
 *
 * @throws TestkitError `FLAWLESS_TESTKIT_NO_DOCKER`
 * @throws AggregateError of what could not be removed, after all else was
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
