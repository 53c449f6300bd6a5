import type { TlsFiles } from "@flawless-ts/http-service";
import { type ControlPlaneServer, startControlPlane } from "../../control-plane.ts";

/** A node without Flawless, on a port that is free. */
export const quiet = { port: 0, flawlessUrl: null } as const;

/** What tests change about the node that holds the queue. */
export interface HolderOptions {
  readonly port?: number;
  readonly tokens?: readonly string[];
  readonly tls?: TlsFiles;
}

/** Starts a node, `node-1`, that holds a queue. */
export function startHolderIn(
  directory: string,
  options: HolderOptions,
): Promise<ControlPlaneServer> {
  return startControlPlane({ ...quiet, directory, nodeId: "node-1", ...options });
}
