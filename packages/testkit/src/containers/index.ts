import "@flawless-ts/wasm-module/internal/needs-node-24";
export { ClusterNetwork, type ClusterNetworkOptions } from "./cluster-network.ts";
export {
  ControlPlaneContainer,
  StartedControlPlaneContainer,
  type ControlPlaneContainerOptions,
} from "./control-plane-container.ts";
export { dockerAvailable, type DockerAvailability } from "./docker/engine.ts";
export {
  FlawlessContainer,
  StartedFlawlessContainer,
  type FlawlessContainerOptions,
} from "./flawless-container.ts";
export { buildImage } from "./image/resolve-image.ts";
export type { ImageOption } from "./image/image-option.ts";
export {
  NodeContainer,
  StartedNodeContainer,
  type NodeContainerOptions,
} from "./node-container.ts";
export { ServiceContainer, type Role } from "./service/service-container.ts";
export { StartedServiceContainer } from "./service/started-service.ts";
export { removeLeftovers, type Removed } from "./session/removal.ts";
export { Volume } from "./volume.ts";
export {
  StartedWorkerContainer,
  WorkerContainer,
  type WorkerContainerOptions,
} from "./worker-container.ts";
export * from "../topologies/index.ts";
