import { totalmem } from "node:os";

/** For so long after a guest was stopped, its memory is still being given back. */
const settleMs = 500;
const usableShare = 0.8;
const pressureShare = 0.9;

/** Watches the memory of the whole process: each guest has a limit, but many of them share one machine. */
export class MemoryWatch {
  readonly limitBytes: number;
  readonly #usedBytes: () => number;
  #lastUsed = 0;
  #actedAt = -Infinity;

  /**
   * @param limitBytes default: 80 % of the memory that the machine, or the container, has
   * @param usedBytes default: what the operating system tells
   */
  constructor(
    limitBytes: number = defaultLimitBytes(),
    usedBytes: () => number = () => process.memoryUsage.rss(),
  ) {
    this.limitBytes = limitBytes;
    this.#usedBytes = usedBytes;
  }

  /** Whether guests that only wait had better leave memory. */
  get isTight(): boolean {
    return this.#used() >= this.limitBytes * pressureShare;
  }

  /** Whether a guest has to be stopped now; after a yes it says no for a while. */
  isExceeded(): boolean {
    const now = performance.now();
    if (now - this.#actedAt < settleMs || this.#used() < this.limitBytes) {
      return false;
    }
    this.#actedAt = now;
    return true;
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
