/** With fewer deletions than this, a copy isn't worth its cost. */
const minDeletions = 4;

/**
 * Like `Map`, for entries that come and go by the thousand.
 *
 * V8 gives a `Map` a new table whenever the old one is full of deleted entries, and the old table points to the new one.
 * Once one of them is in the old generation, it keeps all later tables alive until the next full collection, with
 * every entry that was in them when they were replaced. A server then copies a quarter of all that it allocates, again
 * and again. This class starts a new `Map` before that, so that nothing points to it.
 *
 * An iterator omits what is deleted in the meantime, but may omit what is added, too.
 */
export class ShortLivedMap<Key, Value> {
  #map = new Map<Key, Value>();
  #deletions = 0;

  get size(): number {
    return this.#map.size;
  }

  has(key: Key): boolean {
    return this.#map.has(key);
  }

  get(key: Key): Value | undefined {
    return this.#map.get(key);
  }

  set(key: Key, value: Value): this {
    this.#map.set(key, value);
    return this;
  }

  /** @returns whether it was there */
  delete(key: Key): boolean {
    if (this.#map.size === 1 && this.#map.has(key)) {
      this.clear();
      return true;
    }
    const deleted = this.#map.delete(key);
    if (deleted) {
      this.#deletions += 1;
      if (this.#deletions >= Math.max(minDeletions, this.#map.size)) {
        this.#map = new Map(this.#map);
        this.#deletions = 0;
      }
    }
    return deleted;
  }

  clear(): void {
    this.#map = new Map();
    this.#deletions = 0;
  }

  *[Symbol.iterator](): Generator<[Key, Value], void, void> {
    const map = this.#map;
    for (const entry of map) {
      if (map === this.#map || this.#map.has(entry[0])) {
        yield entry;
      }
    }
  }

  *keys(): Generator<Key, void, void> {
    for (const [key] of this) {
      yield key;
    }
  }

  *values(): Generator<Value, void, void> {
    for (const [, value] of this) {
      yield value;
    }
  }
}

/** Like `Set`, for elements that come and go by the thousand: see {@link ShortLivedMap}. */
export class ShortLivedSet<Element> {
  readonly #map = new ShortLivedMap<Element, undefined>();

  get size(): number {
    return this.#map.size;
  }

  has(element: Element): boolean {
    return this.#map.has(element);
  }

  add(element: Element): this {
    this.#map.set(element, undefined);
    return this;
  }

  /** @returns whether it was there */
  delete(element: Element): boolean {
    return this.#map.delete(element);
  }

  clear(): void {
    this.#map.clear();
  }

  [Symbol.iterator](): Generator<Element, void, void> {
    return this.#map.keys();
  }
}
