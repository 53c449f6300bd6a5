/** What the library needs from an `AbortSignal`, which is in another part of the library. */
export interface FetchSignal {
  readonly aborted: boolean;
  readonly reason: unknown;
  throwIfAborted(): void;
  /** Milliseconds until its timeout; Infinity if it has none. */
  "flawless:timeLeft"?(): number;
  /** Aborts it if its timeout has passed. */
  "flawless:checkTime"?(): void;
  /**
   * Calls a function when it is aborted, before its listeners. With `needsTime`, the workflow waits for its timeout
   * like for any other.
   *
   * @returns a function that undoes this.
   */
  "flawless:listen"?(aborted: () => void, needsTime: boolean): () => void;
}

/** @throws the signal's reason, or a TypeError for anything but a signal. */
export function refuseAborted(signal: unknown, what = "the signal"): void {
  if (signal === undefined || signal === null) return;
  const { aborted, throwIfAborted } = signal as Partial<FetchSignal>;
  if (typeof aborted !== "boolean" || typeof throwIfAborted !== "function") {
    throw new TypeError(`expected ${what} as an AbortSignal, but got ${String(signal)}`);
  }
  throwIfAborted.call(signal);
}

/** How long a request may take because of its signal. */
export function millisecondsLeft(signal: unknown): number {
  return (signal as FetchSignal | null | undefined)?.["flawless:timeLeft"]?.() ?? Infinity;
}

/** @throws the signal's reason if its timeout ended the request. */
export function abortIfLate(signal: unknown): void {
  const given = signal as FetchSignal | null | undefined;
  given?.["flawless:checkTime"]?.();
  given?.throwIfAborted();
}
