/** Real time for the engine's own housekeeping. What workflows see of time is the `Clock`. */
export interface Timers {
  setTimeout(callback: () => void, milliseconds: number): NodeJS.Timeout;
  clearTimeout(timer: NodeJS.Timeout | undefined): void;
  setInterval(callback: () => void, milliseconds: number): NodeJS.Timeout;
  clearInterval(timer: NodeJS.Timeout | undefined): void;
  setImmediate(callback: () => void): void;
  /** Milliseconds that only grow, from an arbitrary start. */
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

/** The globals as they are now: an engine that is given these goes on under the fake timers of a test. */
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
