import { totalmem } from "node:os";

/** How long releasing the memory of a stopped guest may take. */
const settleMs = 500;
const usableShare = 0.8;
const pressureShare = 0.9;
/** Stopping a guest that used little memory doesn't help, so the next is stopped only if usage grows by this factor. */
const growthShare = 1.05;
/** From this share of the limit on, a guest is stopped in any case. */
const hardShare = 1.1;

/** Watches the memory of the whole process: each guest has a limit, but many guests share one machine. */
export class MemoryWatch {
  readonly limitBytes: number;
  readonly #usedBytes: () => number;
  #lastUsed = 0;
  #actedAt = -Infinity;
  /** From so many bytes on, a guest must be stopped. */
  #level: number;

  /**
   * @param limitBytes default: 80 % of the memory of the machine or the container
   * @param usedBytes default: what the operating system reports
   */
  constructor(
    limitBytes: number = defaultLimitBytes(),
    usedBytes: () => number = () => process.memoryUsage.rss(),
  ) {
    this.limitBytes = limitBytes;
    this.#level = limitBytes;
    this.#usedBytes = usedBytes;
  }

  /** Whether waiting guests should be evicted from memory. */
  get isTight(): boolean {
    return this.#used() >= this.limitBytes * pressureShare;
  }

  /** Whether a guest must be stopped now; after returning true it returns false for a while. */
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

  /** Call this when memory starts to be released: for a while no guest needs to be stopped. */
  settles(): void {
    this.#actedAt = performance.now();
  }

  /** Asking needs a file descriptor on Linux. If there is none, the last known value is used. */
  #used(): number {
    try {
      this.#lastUsed = this.#usedBytes();
    } catch {
      // Timers call this, where an error would end the process.
    }
    return this.#lastUsed;
  }
}

function defaultLimitBytes(): number {
  const constrained = process.constrainedMemory();
  const total = totalmem();
  // A container without a limit gets a number larger than the whole memory.
  const available = constrained > 0 && constrained < total ? constrained : total;
  return Math.floor(available * usableShare);
}
