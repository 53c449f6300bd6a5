import {
  defaultServiceLimits,
  type ResolvedServiceLimits,
  type ServiceLimits,
} from "@flawless-ts/http-service";

/** Limits of the API against clients that send too much, too slowly or too often. JSON bodies: 1 MiB by default. */
export interface ControlPlaneLimits extends ServiceLimits {
  /** The largest blob, in bytes. Default 1 GiB. */
  readonly blobBytes?: number | undefined;
  /** How many event streams may be open at once: gossip and pages. Default 1,000. */
  readonly eventStreams?: number | undefined;
}

/** {@link ControlPlaneLimits} with the defaults filled in. */
export type ResolvedControlPlaneLimits = ResolvedServiceLimits & {
  readonly blobBytes: number;
  readonly eventStreams: number;
};

/** The defaults that {@link ControlPlaneLimits} tells. */
export const defaultControlPlaneLimits: ResolvedControlPlaneLimits = {
  ...defaultServiceLimits,
  jsonBytes: 1024 * 1024,
  blobBytes: 1024 * 1024 * 1024,
  eventStreams: 1_000,
};
