/** The label value for all further values. */
export const otherSeries = "other";

/** Limits the number of time series of a metric: a max number of label values, and one for all others. */
export class SeriesLimit {
  readonly #known = new Set<string>();
  readonly #most: number;

  /** @param most the max number of label values */
  constructor(most: number) {
    this.#most = most;
  }

  /** The label value itself, or `other` if there are already too many. */
  limited(label: string): string {
    if (this.#known.has(label)) {
      return label;
    }
    if (this.#known.size >= this.#most) {
      return otherSeries;
    }
    this.#known.add(label);
    return label;
  }
}
