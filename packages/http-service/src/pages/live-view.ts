import type { EventStream } from "./event-stream.ts";
import { diffRegions, type Regions } from "./patch.ts";

/** Options of {@link LiveView}. */
export interface LiveViewOptions {
  /** Returns what the pages show now. */
  readonly render: () => Promise<Regions>;
  /** The server's time, in milliseconds since the Unix epoch. */
  readonly now: () => number;
  /** Called when rendering fails; not again until it has succeeded. */
  readonly onFailure: (error: unknown) => void;
  /** Awaited before each periodic update that no change has triggered. Default: nothing. */
  readonly beforeLook?: (() => Promise<void>) | undefined;
  /** How long to collect changes before updating pages, in milliseconds. Default 200. */
  readonly collectMs?: number | undefined;
  /** How often to update pages without a reported change, in milliseconds. Default 5,000. */
  readonly lookMs?: number | undefined;
}

/** Limits the share of time spent on rendering to one in this many. */
const pauseFactor = 4;

/**
 * Keeps open pages with the same contents up to date. However many changes and pages there are, it renders once for all of
 * them and only a few times a second, and not at all while no page is open.
 */
export class LiveView implements Disposable {
  readonly #options: LiveViewOptions;
  readonly #collectMs: number;
  readonly #look: NodeJS.Timeout;
  readonly #pages = new Map<EventStream, Regions | null>();
  #timer: NodeJS.Timeout | undefined;
  #refreshing = false;
  #changedMeanwhile = false;
  #disposed = false;
  #failing = false;

  constructor(options: LiveViewOptions) {
    this.#options = options;
    this.#collectMs = options.collectMs ?? 200;
    this.#look = setInterval(() => void this.#lookAgain(), options.lookMs ?? 5_000).unref();
  }

  /** The number of open pages. */
  get pages(): number {
    return this.#pages.size;
  }

  /** Reports that the contents may have changed. */
  changed(): void {
    this.#schedule(this.#collectMs);
  }

  /** Sends a page its whole contents, and then each change, until its stream closes. */
  async serve(stream: EventStream): Promise<void> {
    this.#pages.set(stream, null);
    void this.#lookAgain();
    await stream.closed;
    this.#pages.delete(stream);
  }

  [Symbol.dispose](): void {
    this.#disposed = true;
    clearInterval(this.#look);
    clearTimeout(this.#timer);
  }

  async #lookAgain(): Promise<void> {
    if (this.#pages.size > 0) {
      await this.#options.beforeLook?.();
      this.#schedule(0);
    }
  }

  #schedule(delayMs: number): void {
    if (this.#refreshing) {
      this.#changedMeanwhile = true;
    } else if (this.#timer === undefined && this.#pages.size > 0 && !this.#disposed) {
      this.#timer = setTimeout(() => void this.#refresh(), delayMs).unref();
    }
  }

  async #refresh(): Promise<void> {
    this.#timer = undefined;
    this.#refreshing = true;
    const startedAt = performance.now();
    try {
      this.#send(await this.#options.render());
      this.#failing = false;
    } catch (error) {
      if (!this.#failing && !this.#disposed) {
        this.#options.onFailure(error);
      }
      this.#failing = true;
    }
    this.#refreshing = false;
    if (this.#changedMeanwhile) {
      this.#changedMeanwhile = false;
      const tookMs = performance.now() - startedAt;
      this.#schedule(Math.max(this.#collectMs, tookMs * pauseFactor));
    }
  }

  /** Pages with the same contents get the same text. It is sent even if only the time has changed, as a keep-alive. */
  #send(regions: Regions): void {
    const now = this.#options.now();
    const texts = new Map<Regions | null, string>();
    for (const [stream, shown] of this.#pages) {
      const text =
        texts.get(shown) ?? JSON.stringify({ now, patches: diffRegions(shown, regions) });
      texts.set(shown, text);
      this.#pages.set(stream, regions);
      stream.send({ event: "patch", data: text });
    }
  }
}
