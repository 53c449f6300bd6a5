import {
  ClusterNetwork,
  ControlPlaneContainer,
  FlawlessContainer,
  NodeContainer,
  type StartedServiceContainer,
  WorkerContainer,
} from "@flawless-ts/testkit/containers";
import { startedAt } from "./docker-facts.ts";
import type { ContainerKind, ContainerStart } from "./plan.ts";

/** One round: starts one container of each kind, alone, one after the other. */
export async function measureContainers(): Promise<ReadonlyMap<ContainerKind, ContainerStart>> {
  await using network = await ClusterNetwork.create();
  const starts = new Map<ContainerKind, ContainerStart>();

  const [flawless, flawlessStart] = await timed(() =>
    new FlawlessContainer().withNetwork(network).withNetworkAliases("flawless").start(),
  );
  await using _flawless = flawless;
  starts.set("Flawless server", flawlessStart);

  const [controlPlane, controlPlaneStart] = await timed(() =>
    new ControlPlaneContainer()
      .withNetwork(network)
      .withNetworkAliases("control-plane")
      .withFlawlessUrl(flawless.networkUrl)
      .start(),
  );
  await using _controlPlane = controlPlane;
  starts.set("control plane", controlPlaneStart);

  const [worker, workerStart] = await timed(() =>
    new WorkerContainer()
      .withNetwork(network)
      .withControlPlane(controlPlane.networkUrl)
      .withFlawlessUrl(flawless.networkUrl)
      .start(),
  );
  await using _worker = worker;
  starts.set("worker", workerStart);

  const [node, nodeStart] = await timed(() =>
    new NodeContainer().withNetwork(network).withBind("0.0.0.0:27288").start(),
  );
  await using _node = node;
  starts.set("node: Flawless server and control plane", nodeStart);
  return starts;
}

async function timed<T extends StartedServiceContainer>(
  start: () => Promise<T>,
): Promise<readonly [T, ContainerStart]> {
  const [began, beganAt] = [performance.now(), Date.now()];
  const started = await start();
  const totalMs = performance.now() - began;
  return [started, { totalMs, dockerMs: (await startedAt(started.getId())) - beganAt }];
}
