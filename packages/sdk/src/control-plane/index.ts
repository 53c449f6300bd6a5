export { Blobs, type BlobSource } from "./blobs.ts";
export { ControlPlane, type ClaimOptions, type SetStatusOptions } from "./control-plane.ts";
export { Gossip } from "./gossip.ts";
export type { ControlPlaneOptions } from "./options.ts";
export { parseTicket } from "./ticket.ts";
export type * from "./types.ts";
export { WorkerRegistry } from "./worker-registry.ts";
