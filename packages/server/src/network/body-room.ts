/** A body that is being received. */
export interface ReceivedBody {
  /** More bytes of it are there. It may end this body, or a larger one. */
  grows(bytes: number): void;
  /** All of it is there, or it is not wanted any more. */
  end(): void;
}

interface Held {
  bytes: number;
  readonly stop: (reason: Error) => void;
}

/**
 * Bounds what the responses to guests' requests take while they are received. Where all together are too large, the
 * largest of them ends: a few that are huge must not make the many fail.
 */
export class BodyRoom {
  readonly #limitBytes: number;
  readonly #held = new Set<Held>();
  #bytes = 0;

  /** @param limitBytes of all bodies together */
  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes;
  }

  /** @param stop told why, where there is no room for this body any more */
  receive(stop: (reason: Error) => void): ReceivedBody {
    const held: Held = { bytes: 0, stop };
    this.#held.add(held);
    return {
      grows: (bytes) => {
        if (this.#held.has(held)) {
          held.bytes += bytes;
          this.#bytes += bytes;
          this.#keepWithin();
        }
      },
      end: () => this.#forget(held),
    };
  }

  #keepWithin(): void {
    while (this.#bytes > this.#limitBytes) {
      const [first, ...others] = this.#held;
      if (first === undefined) {
        return;
      }
      const largest = others.reduce((a, b) => (b.bytes > a.bytes ? b : a), first);
      this.#forget(largest);
      const text = `the responses that workflows receive at the moment have more than ${this.#limitBytes} bytes together (the limit responseBytes), and this one is the largest, with ${largest.bytes} so far`;
      largest.stop(new Error(text));
    }
  }

  #forget(held: Held): void {
    if (this.#held.delete(held)) {
      this.#bytes -= held.bytes;
    }
  }
}
