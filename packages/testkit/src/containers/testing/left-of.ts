import { findEngine } from "../docker/engine.ts";
import { currentSession, sessionLabel } from "../session/session.ts";

/** What Docker still has from a session; default: this process's. */
export async function leftOf(session?: string): Promise<Readonly<Record<string, number>>> {
  const { docker } = await findEngine();
  const id = session ?? (await currentSession()).id;
  const filters = { label: [`${sessionLabel}=${id}`] };
  const [containers, networks, volumes] = await Promise.all([
    docker.listContainers({ all: true, filters }),
    docker.listNetworks({ filters }),
    docker.listVolumes({ filters }),
  ]);
  return {
    containers: containers.length,
    networks: networks.length,
    volumes: volumes.Volumes?.length ?? 0,
  };
}

export const nothing = { containers: 0, networks: 0, volumes: 0 } as const;
