/**
 * The base URLs of one server, or of the equal nodes of a cluster. The one that answered last is asked until it fails; then
 * the others have their turn.
 */
export class Addresses {
  /** Without slashes at their ends, in the order in which they were given. */
  readonly all: readonly [string, ...string[]];
  #current = 0;

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

  /** Each of them once, beginning with the one that answered last. */
  inTurn(): readonly string[] {
    return [...this.all.slice(this.#current), ...this.all.slice(0, this.#current)];
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
