/** Longer than a server takes that stops, in milliseconds. */
const shunnedMs = 3_000;

/**
 * The base URLs of one server, or of the equal nodes of a cluster. The one that answered last is asked until it fails; then
 * the others have their turn.
 */
export class Addresses {
  /** Without slashes at their ends, in the order in which they were given. */
  readonly all: readonly [string, ...string[]];
  #current = 0;
  /** Until when nobody goes there who can go elsewhere. */
  readonly #shunned = new Map<string, number>();

  constructor(all: readonly [string, ...string[]]) {
    this.all = all;
  }

  /** The one to ask first. */
  get current(): string {
    return this.all[this.#current] ?? this.all[0];
  }

  /** Whether there is another one to turn to. */
  get several(): boolean {
    return this.all.length > 1;
  }

  /** Each of them once, beginning with the one that answered last; those that are shunned come at the end. */
  inTurn(): readonly string[] {
    const all = [...this.all.slice(this.#current), ...this.all.slice(0, this.#current)];
    if (this.#shunned.size === 0) return all;
    const now = performance.now();
    for (const [url, until] of this.#shunned) if (until <= now) this.#shunned.delete(url);
    // The last one to be shunned comes last: the others may be back already.
    return all.toSorted(
      (one, other) => (this.#shunned.get(one) ?? 0) - (this.#shunned.get(other) ?? 0),
    );
  }

  /** Keeps calls away for a while from one that is about to stop. */
  shun(url: string): void {
    if (this.several) this.#shunned.set(url, performance.now() + shunnedMs);
  }

  /** What the next call asks first. */
  stickTo(url: string): void {
    this.#current = Math.max(0, this.all.indexOf(url));
  }

  /** Lets the next call begin with another one, unless a call did already. */
  leave(url: string): void {
    if (this.current === url) this.#current = (this.#current + 1) % this.all.length;
  }
}
