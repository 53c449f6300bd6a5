/** Longer than a server takes to stop, in milliseconds. */
const shunnedMs = 3_000;

/**
 * The base URLs of one server, or of a cluster's equal nodes. The one that responded last is used until it fails; then
 * the others are tried.
 */
export class Addresses {
  /** Without slashes at the end, in the given order. */
  readonly all: readonly [string, ...string[]];
  #current = 0;
  /** Until when calls avoid an address if there is another one. */
  readonly #shunned = new Map<string, number>();

  constructor(all: readonly [string, ...string[]]) {
    this.all = all;
  }

  /** The one to try first. */
  get current(): string {
    return this.all[this.#current] ?? this.all[0];
  }

  /** Whether there is more than one. */
  get several(): boolean {
    return this.all.length > 1;
  }

  /** Each once, starting with the one that responded last; avoided ones come last. */
  inTurn(): readonly string[] {
    const all = [...this.all.slice(this.#current), ...this.all.slice(0, this.#current)];
    if (this.#shunned.size === 0) return all;
    const now = performance.now();
    for (const [url, until] of this.#shunned) if (until <= now) this.#shunned.delete(url);
    // The most recently avoided one comes last, because the others may be back.
    return all.toSorted(
      (one, other) => (this.#shunned.get(one) ?? 0) - (this.#shunned.get(other) ?? 0),
    );
  }

  /** Keeps calls away for a while from one that is about to stop. */
  shun(url: string): void {
    if (this.several) this.#shunned.set(url, performance.now() + shunnedMs);
  }

  /** Sets the one that the next call tries first. */
  stickTo(url: string): void {
    this.#current = Math.max(0, this.all.indexOf(url));
  }

  /** Lets the next call start with another one, unless a call already has. */
  leave(url: string): void {
    if (this.current === url) this.#current = (this.#current + 1) % this.all.length;
  }
}
