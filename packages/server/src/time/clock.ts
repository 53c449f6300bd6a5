/** The engine's source of time and timers. Tests provide their own. */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
  /**
   * Calls `callback` once, as soon as `now()` has reached `at` (milliseconds since the Unix epoch).
   * @returns cancels the timer
   */
  setTimer(at: number, callback: () => void): () => void;
  readonly guestTime: GuestTime;
}

/**
 * The time that guests read. `system`: the machine's clock. `given`: the time at which the engine last let the guest
 * run, so that all of it comes from `now()`. An array, shared with the threads of guests: the machine's clock plus
 * the array's only number, in milliseconds.
 */
export type GuestTime = "system" | "given" | BigInt64Array<SharedArrayBuffer>;

/** A clock that is set forward is noticed within so many milliseconds, because setTimeout uses another clock. */
const maxTimeoutMs = 10_000;

/** The machine's clock. Its timers don't keep the process alive. */
export const systemClock: Clock = {
  guestTime: "system",
  now: () => Date.now(),
  setTimer: (at, callback) => setTimerBy(systemClock, at, callback),
};

/** A timer by a clock that may be set at any time. It doesn't keep the process alive. */
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
      // Checks again when it fires, because the clock may have been set back meanwhile.
      handle = setTimeout(arm, Math.min(Math.ceil(remaining), maxTimeoutMs));
    }
    handle.unref();
  };
  arm();
  return () => clearTimeout(handle);
}

/**
 * A timer that is late by less than this, in milliseconds, only waited for its turn. Otherwise the process was
 * stopped or the machine suspended, and nobody could do or send anything meanwhile.
 */
export const minStandstillMs = 1_000;
