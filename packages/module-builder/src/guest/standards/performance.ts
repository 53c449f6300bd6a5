let origin: number | undefined;

/** What there is of the standard's `Performance`. Its clock is that of `Date`, so that a replay sees the same times. */
export const performance: {
  readonly timeOrigin: number;
  readonly now: () => number;
  readonly toJSON: () => { readonly timeOrigin: number };
} = {
  /** When the workflow first asked. */
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
