export type { Blobs, BlobSource } from "./blobs.ts";
export { ControlPlane, type ClaimOptions, type SetStatusOptions } from "./control-plane.ts";
export type { Gossip } from "./gossip.ts";
export type { ControlPlaneOptions } from "./options.ts";
export type * from "./types.ts";
export type { WorkerRegistry } from "./worker-registry.ts";
