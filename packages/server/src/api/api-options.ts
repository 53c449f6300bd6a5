import type { Logger } from "pino";
import { EngineError } from "../errors.ts";

/** Limits of the API against clients that send too much, too slowly or too often. */
export interface ApiLimits {
  /** The largest JSON body, in bytes. Default 4 MiB. */
  readonly jsonBytes?: number | undefined;
  /** The largest module, in bytes. Default 32 MiB. */
  readonly moduleBytes?: number | undefined;
  /** How long a client may take to send a request's headers, in milliseconds. Default 10,000. */
  readonly headersTimeoutMs?: number | undefined;
  /** How long a client may take to send a whole request, in milliseconds. Default 120,000. */
  readonly requestTimeoutMs?: number | undefined;
  /** How long an idle connection is kept, in milliseconds. Default 65,000. */
  readonly keepAliveTimeoutMs?: number | undefined;
  /** How many connections may be open at once; more are closed at once. Default 10,000. */
  readonly maxConnections?: number | undefined;
  /** How many bytes of a refused body are still read, so that the client sees the answer. Default 128 MiB. */
  readonly drainBytes?: number | undefined;
  /** For how long a refused body is still read, in milliseconds. Default 10,000. */
  readonly drainTimeoutMs?: number | undefined;
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
export type ResolvedApiLimits = { readonly [Name in keyof ApiLimits]-?: number };

const defaults: ResolvedApiLimits = {
  jsonBytes: 4 * 1024 * 1024,
  moduleBytes: 32 * 1024 * 1024,
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 120_000,
  // Longer than the idle time of the usual clients and proxies, so that it is they who close a connection.
  keepAliveTimeoutMs: 65_000,
  maxConnections: 10_000,
  drainBytes: 128 * 1024 * 1024,
  drainTimeoutMs: 10_000,
};

/** @throws EngineError `INVALID_REQUEST` where a limit is no whole number above 0. */
export function resolveLimits(limits: ApiLimits = {}): ResolvedApiLimits {
  const resolved: Record<keyof ApiLimits, number> = { ...defaults };
  for (const name of Object.keys(defaults) as (keyof ApiLimits)[]) {
    const value = limits[name];
    if (value === undefined) {
      continue;
    }
    if (!Number.isSafeInteger(value) || value < 1) {
      throw new EngineError(
        "INVALID_REQUEST",
        `The limit ${name} has to be a whole number above 0, but it is ${String(value)}.`,
      );
    }
    resolved[name] = value;
  }
  if (resolved.headersTimeoutMs > resolved.requestTimeoutMs) {
    throw new EngineError(
      "INVALID_REQUEST",
      `headersTimeoutMs (${resolved.headersTimeoutMs}) must not be above requestTimeoutMs (${resolved.requestTimeoutMs}): the headers are part of the request.`,
    );
  }
  return resolved;
}
