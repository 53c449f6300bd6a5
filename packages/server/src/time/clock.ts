/** Where the engine gets the time from, and who wakes it. A test hands in one of its own. */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
  /**
   * Calls `callback` once, as soon as `now()` has reached `at` (milliseconds since the Unix epoch).
   * @returns what cancels the timer.
   */
  setTimer(at: number, callback: () => void): () => void;
  readonly guestTime: GuestTime;
}

/**
 * What guests read. `system`: the machine's clock. `given`: the time at which the engine last let the guest run, so that all
 * it sees comes from `now()`. An array, shared with the threads of guests: the machine's clock and the one number in it, in
 * milliseconds.
 */
export type GuestTime = "system" | "given" | BigInt64Array<SharedArrayBuffer>;

/** A clock that is set forward is noticed within so many milliseconds: setTimeout goes by another one. */
const maxTimeoutMs = 10_000;

/** The machine's clock. Its timers do not keep the process alive. */
export const systemClock: Clock = {
  guestTime: "system",
  now: () => Date.now(),
  setTimer: (at, callback) => setTimerBy(systemClock, at, callback),
};

/** A timer by a clock that may be set at any time. It does not keep the process alive. */
export function setTimerBy(
  clock: Pick<Clock, "now">,
  at: number,
  callback: () => void,
): () => void {
  let handle: NodeJS.Timeout;
  const arm = (): void => {
    const remaining = at - clock.now();
    if (remaining <= 0) {
      handle = setTimeout(callback, 0);
    } else {
      // Looks again when it fires: the clock may have been set back meanwhile.
      handle = setTimeout(arm, Math.min(Math.ceil(remaining), maxTimeoutMs));
    }
    handle.unref();
  };
  arm();
  return () => clearTimeout(handle);
}

/**
 * A timer that is late by less, in milliseconds, only waited for its turn: else the process was stopped, or the machine
 * suspended, and nobody could do or say anything meanwhile.
 */
export const minStandstillMs = 1_000;
