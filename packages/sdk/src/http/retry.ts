import type { ResolvedClientOptions } from "../options/client-options.ts";

/**
 * Milliseconds to pause after this many failed attempts: exponential backoff, whose second half is random, and at least
 * what the server requested.
 */
export function retryDelayMs(
  { retry, random }: Pick<ResolvedClientOptions, "retry" | "random">,
  failedAttempts: number,
  retryAfterMs: number | null,
): number {
  const backoff = Math.min(retry.maxDelayMs, retry.initialDelayMs * 2 ** (failedAttempts - 1));
  const spread = (backoff / 2) * (1 + random());
  return Math.max(spread, retryAfterMs ?? 0);
}

/**
 * Parses a `Retry-After` header (RFC 9110, 10.2.3): seconds, or a date.
 *
 * @param now the time in milliseconds since 1970.
 * @returns milliseconds; `null` if there is none or it is neither.
 */
export function readRetryAfter(header: string | undefined, now: number): number | null {
  if (header === undefined) return null;
  if (/^\d+$/.test(header)) return Number(header) * 1000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? null : Math.max(0, date - now);
}
