let origin: number | undefined;

/**
 * The supported part of the standard's `Performance`. It uses the clock of `Date`, so that a replay sees the same
 * times.
 */
export const performance: {
  readonly timeOrigin: number;
  readonly now: () => number;
  readonly toJSON: () => { readonly timeOrigin: number };
} = {
  /** The time of the workflow's first call. */
  get timeOrigin() {
    origin ??= Date.now();
    return origin;
  },
  now: () => {
    const now = Date.now();
    origin ??= now;
    return now - origin;
  },
  toJSON: () => ({ timeOrigin: performance.timeOrigin }),
};
