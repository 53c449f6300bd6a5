/** What the library has to know of an `AbortSignal`, which is in another part of the library. */
export interface FetchSignal {
  readonly aborted: boolean;
  readonly reason: unknown;
  throwIfAborted(): void;
  /** Milliseconds until time aborts it; Infinity where it doesn't. */
  "flawless:timeLeft"?(): number;
  /** Aborts it if its time has come. */
  "flawless:checkTime"?(): void;
  /**
   * Has a function called when it is aborted, before its listeners. Where `needsTime` is set, its time-outs are waited for
   * like any other.
   *
   * @returns what takes that back.
   */
  "flawless:listen"?(aborted: () => void, needsTime: boolean): () => void;
}

/** @throws the signal's reason, or a TypeError for what is no signal. */
export function refuseAborted(signal: unknown, what = "the signal"): void {
  if (signal === undefined || signal === null) return;
  const { aborted, throwIfAborted } = signal as Partial<FetchSignal>;
  if (typeof aborted !== "boolean" || typeof throwIfAborted !== "function") {
    throw new TypeError(`expected ${what} as an AbortSignal, but got ${String(signal)}`);
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
