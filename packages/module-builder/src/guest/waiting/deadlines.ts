/** Something with a deadline. */
export interface Timed {
  /** Milliseconds since 1970. */
  deadline: number | undefined;
  /** Its index in the heap; -1 if it is not there. */
  place: number;
  /** If deadlines are equal, the item with the lowest order comes first. */
  readonly order: number;
}

/** Items ordered by deadline: a binary heap, so that even thousands of them are cheap. */
export class Deadlines<Item extends Timed> {
  readonly #heap: Item[] = [];

  /** The item with the earliest deadline. */
  get first(): Item | undefined {
    return this.#heap[0];
  }

  add(item: Item): void {
    item.place = this.#heap.length;
    this.#heap.push(item);
    this.#rise(item);
  }

  delete(item: Item): void {
    const { place } = item;
    if (place < 0) return;
    item.place = -1;
    const last = this.#heap.pop();
    if (last === undefined || last === item) return;
    this.#put(last, place);
    this.#rise(last);
    this.#sink(last);
  }

  #rise(item: Item): void {
    while (item.place > 0) {
      const above = this.#heap[(item.place - 1) >> 1];
      if (above === undefined || !isBefore(item, above)) return;
      this.#swap(item, above);
    }
  }

  #sink(item: Item): void {
    for (;;) {
      const left = this.#heap[item.place * 2 + 1];
      const right = this.#heap[item.place * 2 + 2];
      const next =
        right !== undefined && left !== undefined && isBefore(right, left) ? right : left;
      if (next === undefined || !isBefore(next, item)) return;
      this.#swap(item, next);
    }
  }

  #swap(one: Item, other: Item): void {
    const { place } = one;
    this.#put(one, other.place);
    this.#put(other, place);
  }

  #put(item: Item, place: number): void {
    item.place = place;
    this.#heap[place] = item;
  }
}

function isBefore(one: Timed, other: Timed): boolean {
  const difference = (one.deadline ?? 0) - (other.deadline ?? 0);
  return difference < 0 || (difference === 0 && one.order < other.order);
}
