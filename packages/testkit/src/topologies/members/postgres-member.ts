import { postgresPort } from "../../containers/service/ports.ts";
import { startPostgres } from "../../containers/postgres/postgres-container.ts";
import type { MemberPlan } from "../plan/cluster-plan.ts";
import { postgresPassword } from "../plan/links.ts";
import { ContainerMember, type ContainerScope } from "./container-member.ts";
import type { MemberHandle } from "./member-handle.ts";

/** Starts the database of a cluster as a container. */
export async function startPostgresContainer(
  { name, address, args, publishedPorts, volume }: MemberPlan,
  scope: Omit<ContainerScope, "image"> & { readonly image: string | undefined },
): Promise<MemberHandle> {
  const { network, volumes, image, startupTimeoutMs } = scope;
  const container = await startPostgres({
    image,
    network,
    name,
    address,
    hostPort: publishedPorts.find(({ container: inside }) => inside === postgresPort)?.host ?? 0,
    volume: volume === null ? undefined : volumes.get(volume),
    password: postgresPassword,
    args: args.postgres ?? [],
    startupTimeoutMs,
  });
  return new ContainerMember(container, startupTimeoutMs);
}
