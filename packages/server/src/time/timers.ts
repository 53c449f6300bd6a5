/** Real time for the engine's own housekeeping. Workflows see the time of the `Clock`. */
export interface Timers {
  setTimeout(callback: () => void, milliseconds: number): NodeJS.Timeout;
  clearTimeout(timer: NodeJS.Timeout | undefined): void;
  setInterval(callback: () => void, milliseconds: number): NodeJS.Timeout;
  clearInterval(timer: NodeJS.Timeout | undefined): void;
  setImmediate(callback: () => void): void;
  /** Monotonic time in milliseconds, from an arbitrary start. */
  monotonicNow(): number;
}

/** The globals, looked up at each call. */
export const globalTimers: Timers = {
  setTimeout: (callback, milliseconds) => setTimeout(callback, milliseconds),
  clearTimeout: (timer) => clearTimeout(timer),
  setInterval: (callback, milliseconds) => setInterval(callback, milliseconds),
  clearInterval: (timer) => clearInterval(timer),
  setImmediate: (callback) => void setImmediate(callback),
  monotonicNow: () => performance.now(),
};

/** The globals as they are now: an engine with these keeps working under a test's fake timers. */
export function captureTimers(): Timers {
  const { setTimeout, clearTimeout, setInterval, clearInterval, setImmediate } = globalThis;
  return {
    setTimeout: (callback, milliseconds) => setTimeout(callback, milliseconds),
    clearTimeout: (timer) => clearTimeout(timer),
    setInterval: (callback, milliseconds) => setInterval(callback, milliseconds),
    clearInterval: (timer) => clearInterval(timer),
    setImmediate: (callback) => void setImmediate(callback),
    monotonicNow: performance.now.bind(performance),
  };
}
