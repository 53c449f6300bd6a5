/** What further values of a label are counted under. */
export const otherSeries = "other";

/** Keeps the number of series of a metric small: only so many different labels, and one for all others. */
export class SeriesLimit {
  readonly #known = new Set<string>();
  readonly #most: number;

  /** @param most how many different labels */
  constructor(most: number) {
    this.#most = most;
  }

  /** The label itself, or `other` where there are too many already. */
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
