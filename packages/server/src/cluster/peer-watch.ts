import type { Timers } from "../time/timers.ts";

/** How often a node is checked while a request is pending, in milliseconds. */
const lookEveryMs = 1_000;
/** The number of failed checks in a row after which a node counts as gone. */
const maxSilences = 3;

interface Watched {
  readonly waiting: Set<AbortController>;
  readonly timer: NodeJS.Timeout;
  silences: number;
}

/**
 * Aborts requests to nodes that don't respond any more. A request may take as long as its workflow, so its own silence
 * means nothing: the node's liveness is checked meanwhile.
 */
export class PeerWatch {
  readonly #timers: Pick<Timers, "setInterval" | "clearInterval">;
  readonly #lives: (url: string) => Promise<boolean>;
  readonly #watched = new Map<string, Watched>();

  /** @param lives checks whether a node is alive, with a short timeout */
  constructor(
    timers: Pick<Timers, "setInterval" | "clearInterval">,
    lives: (url: string) => Promise<boolean>,
  ) {
    this.#timers = timers;
    this.#lives = lives;
  }

  /** Runs work that waits for a node. The signal is aborted when the node seems to be gone. */
  async during<Result>(url: string, work: (gone: AbortSignal) => Promise<Result>): Promise<Result> {
    const gone = new AbortController();
    const watched = this.#watched.get(url) ?? this.#watch(url);
    watched.waiting.add(gone);
    try {
      return await work(gone.signal);
    } finally {
      watched.waiting.delete(gone);
      if (watched.waiting.size === 0) {
        this.#timers.clearInterval(watched.timer);
        this.#watched.delete(url);
      }
    }
  }

  #watch(url: string): Watched {
    const timer = this.#timers.setInterval(() => void this.#look(url), lookEveryMs);
    timer.unref?.();
    const watched = { waiting: new Set<AbortController>(), timer, silences: 0 };
    this.#watched.set(url, watched);
    return watched;
  }

  async #look(url: string): Promise<void> {
    const lives = await this.#lives(url);
    const watched = this.#watched.get(url);
    if (watched === undefined) {
      return;
    }
    watched.silences = lives ? 0 : watched.silences + 1;
    if (watched.silences >= maxSilences) {
      for (const controller of watched.waiting) {
        controller.abort();
      }
    }
  }
}
