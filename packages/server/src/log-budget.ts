import { InvalidOptionError } from "@flawless-ts/wasm-module";

/** Beside its message a line has its time, ids and names. */
const charactersAround = 200;
/** So many seconds' worth may be written at once, where there was little before. */
const burstSeconds = 2;
/** Of one module. The rest is left for the lines of others. */
const moduleShare = 0.5;

/** What may still be written: it fills up again as time passes. */
interface Bucket {
  characters: number;
  at: number;
}

/**
 * Bounds what the log lines of workflows add to the server's log. Writing them takes the thread that all workflows share,
 * and waits for whoever reads the log.
 */
export class LogBudget {
  readonly #perSecond: number;
  readonly #now: () => number;
  readonly #modules = new Map<string, Bucket>();
  readonly #all: Bucket;

  /**
   * @param perSecond characters of all workflows together
   * @param now milliseconds. Default: those of the machine's monotonic clock
   * @throws InvalidOptionError
   */
  constructor(perSecond: number, now: () => number = () => performance.now()) {
    if (!Number.isSafeInteger(perSecond) || perSecond < 1) {
      throw new InvalidOptionError(
        "logCharactersPerSecond",
        `expected a whole number from 1 on, but got ${String(perSecond)}.`,
      );
    }
    this.#perSecond = perSecond;
    this.#now = now;
    this.#all = { characters: perSecond * burstSeconds, at: now() };
  }

  /** @returns whether a line may be written, which is then counted */
  take(module: string, message: string): boolean {
    const perModule = this.#perSecond * moduleShare;
    const bucket = this.#modules.get(module) ?? {
      characters: perModule * burstSeconds,
      at: this.#now(),
    };
    this.#modules.set(module, bucket);
    this.#fill(bucket, perModule);
    this.#fill(this.#all, this.#perSecond);
    // The last one may take more than there is: the next have to wait for longer.
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
