import {
  defaultServiceLimits,
  type ResolvedServiceLimits,
  type ServiceLimits,
} from "@flawless-ts/http-service";
import type { Logger } from "pino";

/** Limits of the API against clients that send too much, too slowly or too often. */
export interface ApiLimits extends ServiceLimits {
  /** The largest module, in bytes. Default 32 MiB. */
  readonly moduleBytes?: number | undefined;
}

/** Options of `createApi`. */
export interface ApiOptions {
  /**
   * Whoever calls a route under `/api` has to show one of these (`Authorization: Bearer TOKEN`). Left out, the API is
   * open to all who reach it.
   */
  readonly tokens?: readonly string[] | undefined;
  /** Where the API logs to. Default: nowhere. */
  readonly logger?: Logger | undefined;
  readonly limits?: ApiLimits | undefined;
}

/** {@link ApiLimits} with the defaults filled in. */
export type ResolvedApiLimits = ResolvedServiceLimits & { readonly moduleBytes: number };

/** The defaults that {@link ApiLimits} tells. */
export const defaultApiLimits: ResolvedApiLimits = {
  ...defaultServiceLimits,
  moduleBytes: 32 * 1024 * 1024,
};
