import type { ResolvedOptions } from "../options.ts";

/**
 * Milliseconds to pause after so many failed tries: exponential backoff, of which the second half is random, and at
 * least what the server asked for.
 */
export function retryDelayMs(
  { retry, random }: Pick<ResolvedOptions, "retry" | "random">,
  failedAttempts: number,
  retryAfterMs: number | null,
): number {
  const backoff = Math.min(retry.maxDelayMs, retry.initialDelayMs * 2 ** (failedAttempts - 1));
  const spread = (backoff / 2) * (1 + random());
  return Math.max(spread, retryAfterMs ?? 0);
}

/**
 * Reads a `Retry-After` header (RFC 9110, 10.2.3): seconds, or a date.
 *
 * @param now the time in milliseconds since 1970.
 * @returns milliseconds; `null` when there is none or it is neither.
 */
export function readRetryAfter(header: string | undefined, now: number): number | null {
  if (header === undefined) return null;
  if (/^\d+$/.test(header)) return Number(header) * 1000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? null : Math.max(0, date - now);
}
