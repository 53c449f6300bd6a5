import type { TlsFiles } from "@flawless-ts/http-service";
import { TemporaryDirectory } from "@flawless-ts/test-helpers";
import { onTestFinished } from "vitest";
import { startControlPlane } from "../../control-plane.ts";
import type { ControlPlaneServer } from "../../running-node.ts";

/** A node without Flawless, on a port that is free. */
export const quiet = { port: 0, flawlessUrl: null } as const;

/** What tests change about the node that holds the queue. */
export interface HolderOptions {
  /** Default: one that is removed after the test. */
  readonly directory?: string;
  readonly port?: number;
  readonly tokens?: readonly string[];
  readonly tls?: TlsFiles;
}

/** Starts a node, `node-1`, that holds a queue. */
export function startHolder(options: HolderOptions = {}): Promise<ControlPlaneServer> {
  const { directory = directoryOfTest() } = options;
  return startControlPlane({ ...quiet, nodeId: "node-1", ...options, directory });
}

function directoryOfTest(): string {
  const directory = new TemporaryDirectory();
  onTestFinished(() => directory.remove());
  return directory.path;
}
