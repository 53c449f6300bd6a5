import type { Clock } from "../clock.ts";
import type { FlawlessLink, FlawlessState } from "../flawless/flawless-link.ts";
import type { EventStream } from "../gossip/event-stream.ts";
import type { QueueEvents } from "../queue/queue-events.ts";
import { diffRegions } from "./patch.ts";
import { type Regions, renderRegions } from "./regions.ts";
import type { SnapshotReader } from "./snapshot.ts";

/** Options of {@link DashboardFeed}. */
export interface DashboardFeedOptions {
  readonly reader: SnapshotReader;
  readonly events: QueueEvents;
  readonly flawless: Pick<FlawlessLink, "ask"> | null;
  readonly clock: Clock;
  /** Called when the queue can't be read; not again before it could be. */
  readonly onFailure: (error: unknown) => void;
  /** How long to collect changes before the pages get them, in milliseconds. Default 200. */
  readonly collectMs?: number | undefined;
  /** How often to look without being told of a change, in milliseconds. Default 5,000. */
  readonly lookMs?: number | undefined;
}

/** A part of the time, at most, that is spent on reading: 1 to this. */
const pauseFactor = 4;

/**
 * Keeps the open dashboards up to date. However many changes and pages there are, the queue is read once for all of
 * them, and only a few times a second; and not at all while no page is open.
 */
export class DashboardFeed implements Disposable {
  readonly #options: DashboardFeedOptions;
  readonly #collectMs: number;
  readonly #look: NodeJS.Timeout;
  readonly #pages = new Map<EventStream, Regions | null>();
  readonly #onChange = (): void => this.#schedule(this.#collectMs);
  #timer: NodeJS.Timeout | undefined;
  #refreshing = false;
  #changedMeanwhile = false;
  #disposed = false;
  #failing = false;
  #flawless: FlawlessState | null = null;

  constructor(options: DashboardFeedOptions) {
    this.#options = options;
    this.#collectMs = options.collectMs ?? 200;
    this.#look = setInterval(() => void this.#lookAgain(), options.lookMs ?? 5_000).unref();
    for (const name of feedEvents) {
      options.events.on(name, this.#onChange);
    }
  }

  /** How many pages are kept up to date. */
  get pages(): number {
    return this.#pages.size;
  }

  /** Sends a page all that it shows, and from then on what changes, until its stream is closed. */
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
    for (const name of feedEvents) {
      this.#options.events.off(name, this.#onChange);
    }
  }

  async #lookAgain(): Promise<void> {
    if (this.#pages.size > 0) {
      this.#flawless = (await this.#options.flawless?.ask()) ?? null;
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
      this.#send(renderRegions(await this.#options.reader.read(), this.#flawless));
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

  /** Pages that show the same get the same text. It is sent even if it tells nothing but the time: that is a sign of life. */
  #send(regions: Regions): void {
    const now = this.#options.clock.now();
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

const feedEvents = ["published", "moved", "returned", "progress", "worker"] as const;
