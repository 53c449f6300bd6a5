/**
 * What goes from engine to engine passes it. While it is held, journals can be copied one after the other and still fit
 * each other: none has an effect of what another one does not have yet.
 */
export class CrossingGate {
  #held: PromiseWithResolvers<void> | undefined;

  hold(): void {
    this.#held ??= Promise.withResolvers();
  }

  release(): void {
    this.#held?.resolve();
    this.#held = undefined;
  }

  /** Settled while it is not held. */
  async opened(): Promise<void> {
    while (this.#held !== undefined) {
      await this.#held.promise;
    }
  }
}
