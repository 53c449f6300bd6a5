import { InvalidOptionError } from "@flawless-ts/wasm-module";
import { namesOfDefaults, refuseUnknownOptions } from "@flawless-ts/wasm-module/internal";

/** Limits that protect a service from clients that send too much, too slowly or too often. */
export interface ServiceLimits {
  /** The max size of a JSON body, in bytes. Default 4 MiB. */
  readonly jsonBytes?: number | undefined;
  /**
   * How long a client may take to send a request's headers, in milliseconds, if more than a quarter of `maxConnections`
   * have no request under way; otherwise six times as long, up to `requestTimeoutMs`. Default 10,000.
   */
  readonly headersTimeoutMs?: number | undefined;
  /** How long a client may take to send a complete request, in milliseconds. Default 120,000. */
  readonly requestTimeoutMs?: number | undefined;
  /** How long an idle connection is kept, in milliseconds. Default 65,000. */
  readonly keepAliveTimeoutMs?: number | undefined;
  /**
   * The max number of open connections; further ones are closed immediately. It is lowered if the process doesn't have enough
   * file descriptors. Default 10,000.
   */
  readonly maxConnections?: number | undefined;
  /** The max number of requests under way on one connection; more are refused with 429. Default 100. */
  readonly pipelinedRequests?: number | undefined;
  /**
   * The max average number of requests per second from one caller, counted over 10 seconds; more are refused with 429. Callers
   * are identified by their token, or without one by their address. Default 0: no limit.
   */
  readonly requestsPerSecond?: number | undefined;
  /** How many bytes of a refused body are still read, so that the client sees the response. Default 128 MiB. */
  readonly drainBytes?: number | undefined;
  /** How long a refused body is still read, in milliseconds. Default 10,000. */
  readonly drainTimeoutMs?: number | undefined;
}

/** {@link ServiceLimits} with the defaults filled in. */
export type ResolvedServiceLimits = { readonly [Name in keyof ServiceLimits]-?: number };

/** The defaults of {@link ServiceLimits}. */
export const defaultServiceLimits: ResolvedServiceLimits = {
  jsonBytes: 4 * 1024 * 1024,
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 120_000,
  // Longer than the idle timeout of common clients and proxies, so that they close connections first.
  keepAliveTimeoutMs: 65_000,
  maxConnections: 10_000,
  pipelinedRequests: 100,
  requestsPerSecond: 0,
  drainBytes: 128 * 1024 * 1024,
  drainTimeoutMs: 10_000,
};

/** The name of the option that holds them. */
const optionName = "apiLimits";

/** Limits that 0 disables. */
const unlimitedByZero: ReadonlySet<string> = new Set(["requestsPerSecond"]);

/**
 * Fills in missing limits.
 *
 * @param defaults those of {@link ServiceLimits}, and any others that a service has
 * @throws InvalidOptionError if a limit is unknown, or not a whole number above 0
 */
export function resolveLimits<Limits extends ResolvedServiceLimits>(
  limits: { readonly [Name in keyof Limits]?: number | undefined },
  defaults: Limits,
): Limits {
  const resolved: Record<string, number> = { ...defaults };
  refuseUnknownOptions(limits, namesOfDefaults(defaults), optionName);
  for (const name of Object.keys(defaults)) {
    const value = limits[name as keyof Limits];
    if (value === undefined) {
      continue;
    }
    const min = unlimitedByZero.has(name) ? 0 : 1;
    if (!Number.isSafeInteger(value) || value < min) {
      throw new InvalidOptionError(
        `${optionName}.${name}`,
        `expected a whole number of at least ${min}, but got ${String(value)}.`,
      );
    }
    resolved[name] = value;
  }
  const { headersTimeoutMs, requestTimeoutMs } = resolved as Limits;
  if (headersTimeoutMs > requestTimeoutMs) {
    throw new InvalidOptionError(
      `${optionName}.headersTimeoutMs`,
      `expected no more than requestTimeoutMs (${requestTimeoutMs}), as the headers are part of the request, but got ${headersTimeoutMs}.`,
    );
  }
  return resolved as Limits;
}
