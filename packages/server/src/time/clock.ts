/** Where the engine gets the time from, and who wakes it. A test hands in one of its own. */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
  /**
   * Calls `callback` once, as soon as `now()` has reached `at` (milliseconds since the Unix epoch).
   * @returns what cancels the timer.
   */
  setTimer(at: number, callback: () => void): () => void;
  /**
   * `system`: guests read the machine's clock. `given`: a guest reads the time at which the engine
   * last let it run, so that all it sees comes from `now()`.
   */
  readonly guestTime: "system" | "given";
}

/** A clock that is set forward is noticed within so many milliseconds: setTimeout goes by another one. */
const maxTimeoutMs = 10_000;

/** The machine's clock. Its timers do not keep the process alive. */
export const systemClock: Clock = {
  guestTime: "system",
  now: () => Date.now(),
  setTimer(at, callback) {
    let handle: NodeJS.Timeout;
    const arm = (): void => {
      const remaining = at - Date.now();
      if (remaining <= 0) {
        handle = setTimeout(callback, 0);
      } else {
        // Looks again when it fires: the machine's clock may have been set back meanwhile.
        handle = setTimeout(arm, Math.min(Math.ceil(remaining), maxTimeoutMs));
      }
      handle.unref();
    };
    arm();
    return () => clearTimeout(handle);
  },
};

/**
 * A timer that is late by less, in milliseconds, only waited for its turn: else the process was stopped, or the machine
 * suspended, and nobody could do or say anything meanwhile.
 */
export const minStandstillMs = 1_000;
