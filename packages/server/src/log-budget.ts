import { InvalidOptionError } from "@flawless-ts/wasm-module";

/** Besides its message, a line has a time, ids and names. */
const charactersAround = 200;
/** How many seconds' worth may be written at once, after a quiet time. */
const burstSeconds = 2;
/** The share of one module. The rest is reserved for others. */
const moduleShare = 0.5;

/** The remaining budget, which refills as time passes. */
interface Bucket {
  characters: number;
  at: number;
}

/**
 * Limits how much workflows may write to the server's log. Writing blocks the thread that all workflows share, and may wait for
 * the reader of the log.
 */
export class LogBudget {
  readonly #perSecond: number;
  readonly #now: () => number;
  readonly #modules = new Map<string, Bucket>();
  readonly #all: Bucket;

  /**
   * @param perSecond characters per second, over all workflows
   * @param now the time, in milliseconds. Default: the monotonic clock
   * @throws InvalidOptionError
   */
  constructor(perSecond: number, now: () => number = () => performance.now()) {
    if (!Number.isSafeInteger(perSecond) || perSecond < 1) {
      throw new InvalidOptionError(
        "logCharactersPerSecond",
        `expected a whole number of at least 1, but got ${String(perSecond)}.`,
      );
    }
    this.#perSecond = perSecond;
    this.#now = now;
    this.#all = { characters: perSecond * burstSeconds, at: now() };
  }

  /** @returns whether a line may be written; if so, it is counted */
  take(module: string, message: string): boolean {
    const perModule = this.#perSecond * moduleShare;
    const bucket = this.#modules.get(module) ?? {
      characters: perModule * burstSeconds,
      at: this.#now(),
    };
    this.#modules.set(module, bucket);
    this.#fill(bucket, perModule);
    this.#fill(this.#all, this.#perSecond);
    // The last line may exceed the budget; then later ones wait longer.
    if (bucket.characters <= 0 || this.#all.characters <= 0) {
      return false;
    }
    const characters = message.length + charactersAround;
    bucket.characters -= characters;
    this.#all.characters -= characters;
    return true;
  }

  #fill(bucket: Bucket, perSecond: number): void {
    const now = this.#now();
    const more = ((now - bucket.at) / 1_000) * perSecond;
    bucket.characters = Math.min(bucket.characters + more, perSecond * burstSeconds);
    bucket.at = now;
  }
}
