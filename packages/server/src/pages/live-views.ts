import { type EventStream, LiveView, type Regions } from "@flawless-ts/http-service/pages";

/** Renders what a page shows, for the address of its events. */
export interface ViewSource {
  readonly render: () => Promise<Regions>;
  /** Whether a change of that workflow may change the page. */
  readonly concerns: (workflowId: string) => boolean;
}

/** Options of {@link LiveViews}. */
export interface LiveViewsOptions {
  readonly now: () => number;
  /** Called when a view can't be rendered. */
  readonly onFailure: (error: unknown) => void;
  /** Calls back at each change of a workflow; returns a function that stops this. */
  readonly listen: (changed: (workflowId: string) => void) => () => void;
  /** How often to check without notice of a change, in milliseconds. Default 2,000. */
  readonly lookMs?: number | undefined;
}

interface OpenView {
  readonly source: ViewSource;
  readonly view: LiveView;
}

/** The views behind open pages: pages with the same address share a view, which ends with the last of them. */
export class LiveViews implements Disposable {
  readonly #options: LiveViewsOptions;
  readonly #open = new Map<string, OpenView>();
  #stopListening: (() => void) | undefined;

  constructor(options: LiveViewsOptions) {
    this.#options = options;
  }

  /** How many different views are open. */
  get size(): number {
    return this.#open.size;
  }

  /** Keeps a page up to date until its stream is closed. */
  async serve(address: string, source: ViewSource, stream: EventStream): Promise<void> {
    const open = this.#open.get(address) ?? this.#begin(address, source);
    await open.view.serve(stream);
    if (open.view.pages === 0 && this.#open.get(address) === open) {
      open.view[Symbol.dispose]();
      this.#open.delete(address);
      if (this.#open.size === 0) {
        this.#stopListening?.();
        this.#stopListening = undefined;
      }
    }
  }

  [Symbol.dispose](): void {
    this.#stopListening?.();
    for (const { view } of this.#open.values()) {
      view[Symbol.dispose]();
    }
    this.#open.clear();
  }

  #begin(address: string, source: ViewSource): OpenView {
    const { now, onFailure, listen, lookMs = 2_000 } = this.#options;
    const view = new LiveView({ render: source.render, now, onFailure, lookMs });
    const open = { source, view };
    this.#open.set(address, open);
    this.#stopListening ??= listen((id) => {
      for (const { source: watched, view: watching } of this.#open.values()) {
        if (watched.concerns(id)) {
          watching.changed();
        }
      }
    });
    return open;
  }
}
