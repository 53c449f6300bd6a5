import type { Timers } from "../time/timers.ts";

/** How often a node is looked at while it has not answered, in milliseconds. */
const lookEveryMs = 1_000;
/** So often in a row it has to give no sign of life. */
const maxSilences = 3;

interface Watched {
  readonly waiting: Set<AbortController>;
  readonly timer: NodeJS.Timeout;
  silences: number;
}

/**
 * Gives up requests to nodes from which nothing comes any more. A request may take as long as its workflow does, so that
 * its own silence means nothing: the node is asked for a sign of life meanwhile.
 */
export class PeerWatch {
  readonly #timers: Pick<Timers, "setInterval" | "clearInterval">;
  readonly #lives: (url: string) => Promise<boolean>;
  readonly #watched = new Map<string, Watched>();

  /** @param lives asks a node for a sign of life, for a moment */
  constructor(
    timers: Pick<Timers, "setInterval" | "clearInterval">,
    lives: (url: string) => Promise<boolean>,
  ) {
    this.#timers = timers;
    this.#lives = lives;
  }

  /** Does something that waits for a node. The signal is aborted when the node seems to be gone. */
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
