/** What `fetch` has to know of an `AbortSignal`, which is in another part of the library. */
export interface FetchSignal {
  readonly aborted: boolean;
  readonly reason: unknown;
  throwIfAborted(): void;
  /** Milliseconds until time aborts it; Infinity where it doesn't. */
  "flawless:timeLeft"?(): number;
  /** Aborts it if its time has come. */
  "flawless:checkTime"?(): void;
}

/** @throws the signal's reason, or a TypeError for what is no signal. */
export function refuseAborted(signal: unknown): void {
  if (signal === undefined || signal === null) return;
  const { aborted, throwIfAborted } = signal as Partial<FetchSignal>;
  if (typeof aborted !== "boolean" || typeof throwIfAborted !== "function") {
    throw new TypeError(`expected fetch's signal as an AbortSignal, but got ${String(signal)}`);
  }
  throwIfAborted.call(signal);
}

/** How long a request may take for its signal's sake. */
export function millisecondsLeft(signal: unknown): number {
  return (signal as FetchSignal | null | undefined)?.["flawless:timeLeft"]?.() ?? Infinity;
}

/** @throws the signal's reason where it was its time-out that ended the request. */
export function abortIfLate(signal: unknown): void {
  const given = signal as FetchSignal | null | undefined;
  given?.["flawless:checkTime"]?.();
  given?.throwIfAborted();
}
