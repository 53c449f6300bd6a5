import { type EventStream, LiveView } from "@flawless-ts/http-service/pages";
import type { Clock } from "../clock.ts";
import type { FlawlessLink, FlawlessState } from "../flawless/flawless-link.ts";
import type { QueueEvents } from "../queue/queue-events.ts";
import { renderRegions } from "./regions.ts";
import type { SnapshotReader } from "./snapshot.ts";

/** Options of {@link DashboardFeed}. */
export interface DashboardFeedOptions {
  readonly reader: SnapshotReader;
  readonly events: QueueEvents;
  readonly flawless: Pick<FlawlessLink, "ask"> | null;
  readonly clock: Clock;
  /** Called when the queue can't be read; not again until a read has succeeded. */
  readonly onFailure: (error: unknown) => void;
  /** How long to collect changes before updating pages, in milliseconds. Default 200. */
  readonly collectMs?: number | undefined;
  /** How often to check without a reported change, in milliseconds. Default 5,000. */
  readonly lookMs?: number | undefined;
}

const feedEvents = ["published", "moved", "returned", "progress", "worker"] as const;

/** Keeps open dashboards up to date with the queue and, less often, with Flawless. */
export class DashboardFeed implements Disposable {
  readonly #events: QueueEvents;
  readonly #view: LiveView;
  readonly #onChange = (): void => this.#view.changed();

  constructor({ reader, events, flawless, clock, ...options }: DashboardFeedOptions) {
    let state: FlawlessState | null = null;
    this.#events = events;
    this.#view = new LiveView({
      ...options,
      now: () => clock.now(),
      render: async () => renderRegions(await reader.read(), state),
      beforeLook: async () => {
        state = (await flawless?.ask()) ?? null;
      },
    });
    for (const name of feedEvents) {
      events.on(name, this.#onChange);
    }
  }

  /** The number of open pages. */
  get pages(): number {
    return this.#view.pages;
  }

  /** Sends a page its whole contents, and then each change, until its stream closes. */
  serve(stream: EventStream): Promise<void> {
    return this.#view.serve(stream);
  }

  [Symbol.dispose](): void {
    this.#view[Symbol.dispose]();
    for (const name of feedEvents) {
      this.#events.off(name, this.#onChange);
    }
  }
}
