import { InvalidOptionError } from "@flawless-ts/wasm-module";
import { namesOfDefaults, refuseUnknownOptions } from "@flawless-ts/wasm-module/internal";

/** Limits of a service against clients that send too much, too slowly or too often. */
export interface ServiceLimits {
  /** The largest JSON body, in bytes. Default 4 MiB. */
  readonly jsonBytes?: number | undefined;
  /**
   * How long a client may take to send a request's headers, in milliseconds, where more than a quarter of `maxConnections`
   * have no request under way; with fewer, six times as long, up to `requestTimeoutMs`. Default 10,000.
   */
  readonly headersTimeoutMs?: number | undefined;
  /** How long a client may take to send a whole request, in milliseconds. Default 120,000. */
  readonly requestTimeoutMs?: number | undefined;
  /** How long an idle connection is kept, in milliseconds. Default 65,000. */
  readonly keepAliveTimeoutMs?: number | undefined;
  /**
   * How many connections may be open at once; more are closed at once. It is lowered where the process may not have so many
   * descriptors. Default 10,000.
   */
  readonly maxConnections?: number | undefined;
  /** Requests of one connection that may be under way at once; more of them are refused with 429. Default 100. */
  readonly pipelinedRequests?: number | undefined;
  /**
   * How many requests one caller may send in a second on average, counted over 10 seconds; more are refused with 429. A
   * caller is who shows the same token, or, without one, an address. Default 0: as many as it likes.
   */
  readonly requestsPerSecond?: number | undefined;
  /** How many bytes of a refused body are still read, so that the client sees the answer. Default 128 MiB. */
  readonly drainBytes?: number | undefined;
  /** For how long a refused body is still read, in milliseconds. Default 10,000. */
  readonly drainTimeoutMs?: number | undefined;
}

/** {@link ServiceLimits} with the defaults filled in. */
export type ResolvedServiceLimits = { readonly [Name in keyof ServiceLimits]-?: number };

/** The defaults that {@link ServiceLimits} tells. */
export const defaultServiceLimits: ResolvedServiceLimits = {
  jsonBytes: 4 * 1024 * 1024,
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 120_000,
  // Longer than the idle time of the usual clients and proxies, so that it is they who close a connection.
  keepAliveTimeoutMs: 65_000,
  maxConnections: 10_000,
  pipelinedRequests: 100,
  requestsPerSecond: 0,
  drainBytes: 128 * 1024 * 1024,
  drainTimeoutMs: 10_000,
};

/** How the services of this project call the option that has them. */
const optionName = "apiLimits";

/** Limits that 0 switches off. */
const unlimitedByZero: ReadonlySet<string> = new Set(["requestsPerSecond"]);

/**
 * Fills in what `limits` leaves out.
 *
 * @param defaults those of {@link ServiceLimits}, and any that a service has beside them
 * @throws InvalidOptionError where a limit is unknown, or no whole number above 0
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
        `expected a whole number from ${min} on, but got ${String(value)}.`,
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
