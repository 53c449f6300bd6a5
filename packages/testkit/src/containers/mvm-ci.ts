import { controlPlanePort, flawlessPort } from "./service/ports.ts";

/** The ports of its raft and its database, in addition to its API's. Source: its compose file. */
const raftPort = 9_000;
const databasePort = 9_001;

/** The ports that the original control plane's containers expose. */
export const mvmCiPorts: readonly number[] = [controlPlanePort, raftPort, databasePort];

/** It is ready about 8 seconds after its container starts; a busy machine takes longer. */
export const mvmCiStartupMs = 60_000;

/**
 * The original control plane's environment, from its compose file, for a single node: its own Flawless server, and all
 * data below `/data`.
 */
export function mvmCiEnvironment(
  flawlessUrl: string | undefined,
): Readonly<Record<string, string>> {
  return {
    NODE_ID: "node1",
    HTTP_PORT: String(controlPlanePort),
    FLAWLESS_URL: flawlessUrl ?? `http://localhost:${flawlessPort}`,
    HIQLITE_NODE_ID: "1",
    HIQLITE_ADDR_API: `0.0.0.0:${databasePort}`,
    HIQLITE_ADDR_RAFT: `0.0.0.0:${raftPort}`,
    IROH_BLOBS_PATH: "/data/iroh-blobs",
    RUST_LOG: "info",
  };
}
