import { ShortLivedMap } from "@flawless-ts/wasm-module/internal";

/**
 * Items that wait for their turn. Owners take turns, however many items each has; the items of one owner keep the order
 * in which they were added.
 */
export class FairOrder<Item> {
  /** The owner whose turn is next comes first. */
  readonly #owners = new ShortLivedMap<string, Set<Item>>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  add(owner: string, item: Item): void {
    const items = this.#owners.get(owner);
    if (items === undefined) {
      this.#owners.set(owner, new Set([item]));
    } else {
      items.add(item);
    }
    this.#size += 1;
  }

  /** @returns whether it was waiting */
  remove(owner: string, item: Item): boolean {
    const items = this.#owners.get(owner);
    if (items?.delete(item) !== true) {
      return false;
    }
    this.#size -= 1;
    if (items.size === 0) {
      this.#owners.delete(owner);
    }
    return true;
  }

  /** Takes the next item; undefined if none waits. */
  take(): Item | undefined {
    for (const [owner, items] of this.#owners) {
      for (const item of items) {
        this.remove(owner, item);
        if (items.size > 0) {
          this.#owners.delete(owner);
          this.#owners.set(owner, items);
        }
        return item;
      }
    }
    return undefined;
  }
}
