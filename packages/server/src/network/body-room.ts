import { ShortLivedSet } from "@flawless-ts/wasm-module/internal";

/** A body that is being received. */
export interface ReceivedBody {
  /** Call this when more bytes have arrived. May stop this body or a larger one. */
  grows(bytes: number): void;
  /** Call this when the body is complete or no longer wanted. */
  end(): void;
}

interface Held {
  bytes: number;
  readonly stop: (reason: Error) => void;
}

/**
 * Limits the memory of responses to guests' requests while they are received. If all together are too large, the
 * largest is stopped, so that a few huge ones don't make the many fail.
 */
export class BodyRoom {
  readonly #limitBytes: number;
  readonly #held = new ShortLivedSet<Held>();
  #bytes = 0;

  /** @param limitBytes max bytes of all bodies together */
  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes;
  }

  /** @param stop called with the reason if there is no more room for this body */
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
