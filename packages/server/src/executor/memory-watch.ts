import { totalmem } from "node:os";

/** How long the memory of a stopped guest may take to be given back. */
const settleMs = 500;
const usableShare = 0.8;
const pressureShare = 0.9;
/** Stopping a guest that had little of the memory helps nobody: the next is stopped only if more is taken. */
const growthShare = 1.05;
/** From there on one is stopped in any case. */
const hardShare = 1.1;

/** Watches the memory of the whole process: each guest has a limit, but many of them share one machine. */
export class MemoryWatch {
  readonly limitBytes: number;
  readonly #usedBytes: () => number;
  #lastUsed = 0;
  #actedAt = -Infinity;
  /** Bytes from which on a guest has to be stopped. */
  #level: number;

  /**
   * @param limitBytes default: 80 % of the memory that the machine, or the container, has
   * @param usedBytes default: what the operating system tells
   */
  constructor(
    limitBytes: number = defaultLimitBytes(),
    usedBytes: () => number = () => process.memoryUsage.rss(),
  ) {
    this.limitBytes = limitBytes;
    this.#level = limitBytes;
    this.#usedBytes = usedBytes;
  }

  /** Whether guests that only wait had better leave memory. */
  get isTight(): boolean {
    return this.#used() >= this.limitBytes * pressureShare;
  }

  /** Whether a guest has to be stopped now; after a yes it says no for a while. */
  isExceeded(): boolean {
    const now = performance.now();
    if (now - this.#actedAt < settleMs) {
      return false;
    }
    const used = this.#used();
    if (used < this.limitBytes) {
      this.#level = this.limitBytes;
    }
    if (used < this.#level) {
      return false;
    }
    this.#actedAt = now;
    this.#level = Math.min(used * growthShare, this.limitBytes * hardShare);
    return true;
  }

  /** To be called when memory starts to be given back: for a while nobody has to be stopped. */
  settles(): void {
    this.#actedAt = performance.now();
  }

  /** Asking takes a file descriptor on Linux. While there is none, what was known last has to do. */
  #used(): number {
    try {
      this.#lastUsed = this.#usedBytes();
    } catch {
      // It is called by timers, where an error would end the process.
    }
    return this.#lastUsed;
  }
}

function defaultLimitBytes(): number {
  const constrained = process.constrainedMemory();
  const total = totalmem();
  // Without a limit of its own a container is told a number beyond all that there is.
  const available = constrained > 0 && constrained < total ? constrained : total;
  return Math.floor(available * usableShare);
}
