import {
  defaultServiceLimits,
  type ResolvedServiceLimits,
  type ServiceLimits,
} from "@flawless-ts/http-service";

/** Limits that protect the API from clients that send too much, too slowly or too often. JSON bodies: 1 MiB by default. */
export interface ControlPlaneLimits extends ServiceLimits {
  /** The max size of a blob, in bytes. Default 1 GiB. */
  readonly blobBytes?: number | undefined;
  /** The max number of open event streams, for gossip and pages. Default 1,000. */
  readonly eventStreams?: number | undefined;
}

/** {@link ControlPlaneLimits} with the defaults filled in. */
export type ResolvedControlPlaneLimits = ResolvedServiceLimits & {
  readonly blobBytes: number;
  readonly eventStreams: number;
};

/** The defaults of {@link ControlPlaneLimits}. */
export const defaultControlPlaneLimits: ResolvedControlPlaneLimits = {
  ...defaultServiceLimits,
  jsonBytes: 1024 * 1024,
  blobBytes: 1024 * 1024 * 1024,
  eventStreams: 1_000,
};
