import { constants } from "node:os";

const names = ["SIGTERM", "SIGINT"] as const;

/** Turns the first SIGTERM or SIGINT into a promise; a second one ends the process at once. */
export class StopSignals implements Disposable {
  /** Resolves with the first signal. */
  readonly first: Promise<NodeJS.Signals>;
  readonly #listener: (signal: NodeJS.Signals) => void;

  constructor() {
    const { promise, resolve } = Promise.withResolvers<NodeJS.Signals>();
    let count = 0;
    this.first = promise;
    this.#listener = (signal) => {
      count += 1;
      if (count > 1) {
        // As a shell shows the end by a signal.
        process.exit(128 + constants.signals[signal]);
      }
      resolve(signal);
    };
    for (const name of names) {
      process.on(name, this.#listener);
    }
  }

  [Symbol.dispose](): void {
    for (const name of names) {
      process.off(name, this.#listener);
    }
  }
}
