import type { SentPolicy } from "@flawless-ts/wasm-module/internal";

/** How an activity is run, with all defaults filled in. */
export interface ResolvedPolicy {
  readonly retry: {
    readonly attempts: number;
    readonly initialDelayMs: number;
    readonly factor: number;
    readonly maxDelayMs: number;
    readonly nonRetryable: readonly string[];
  };
  /** Milliseconds; `Infinity` if there is no limit. */
  readonly scheduleToStartMs: number;
  readonly startToCloseMs: number;
  readonly scheduleToCloseMs: number;
  readonly heartbeatMs: number;
  readonly atMostOnce: boolean;
}

/**
 * The options that apply to an activity: those of the call, then of the definition, then the defaults. The names of
 * non-retryable errors are combined.
 */
export function resolvePolicy(call: SentPolicy, definition: SentPolicy = {}): ResolvedPolicy {
  const timeouts = { ...definition.timeouts, ...call.timeouts };
  const retry = { ...definition.retry, ...call.retry };
  const atMostOnce = call.atMostOnce ?? definition.atMostOnce ?? false;
  return {
    retry: {
      attempts: atMostOnce ? 1 : (retry.attempts ?? 10),
      initialDelayMs: retry.initialDelayMs ?? 1_000,
      factor: retry.factor ?? 2,
      maxDelayMs: retry.maxDelayMs ?? 60_000,
      nonRetryable: [
        ...(call.retry?.nonRetryable ?? []),
        ...(definition.retry?.nonRetryable ?? []),
      ],
    },
    scheduleToStartMs: timeouts.scheduleToStartMs ?? Infinity,
    startToCloseMs: timeouts.startToCloseMs ?? 600_000,
    scheduleToCloseMs: timeouts.scheduleToCloseMs ?? Infinity,
    heartbeatMs: timeouts.heartbeatMs ?? Infinity,
    atMostOnce,
  };
}

/** The pause after so many failed attempts, in milliseconds. */
export function pauseAfter(failedAttempts: number, { retry }: ResolvedPolicy): number {
  return Math.min(retry.maxDelayMs, retry.initialDelayMs * retry.factor ** (failedAttempts - 1));
}
