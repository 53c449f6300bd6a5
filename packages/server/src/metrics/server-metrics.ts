import { loadOnce } from "@flawless-ts/http-service/program";
import type { RequestObserver } from "@flawless-ts/http-service";
import type { EngineObserver } from "../engine/index.ts";
import type { MeasuredEngine } from "./engine-metrics.ts";
import type { PrometheusMetrics } from "./prometheus-metrics.ts";
import type { MetricsSources, ScrapedMetrics } from "./scraped-metrics.ts";

type Note = (metrics: PrometheusMetrics) => void;

/** The library that keeps the metrics is loaded this long after the start, or after this many notes. */
const loadAfterMs = 1_000;
const maxNotes = 1_000;

/**
 * Metrics of a server for Prometheus. What can be counted on demand is counted when it is asked for. The library that
 * keeps them is loaded a little later than the server, which is ready sooner; until then all is noted.
 */
export class ServerMetrics implements Disposable, RequestObserver {
  /** To be given to the engine. */
  readonly observer: EngineObserver = {
    workflowStarted: (...told) => this.#note((kept) => kept.observer.workflowStarted?.(...told)),
    workflowEnded: (...told) => this.#note((kept) => kept.observer.workflowEnded?.(...told)),
    workflowResumed: (...told) => this.#note((kept) => kept.observer.workflowResumed?.(...told)),
    workflowSuspended: (...told) =>
      this.#note((kept) => kept.observer.workflowSuspended?.(...told)),
    activityAttemptEnded: (...told) =>
      this.#note((kept) => kept.observer.activityAttemptEnded?.(...told)),
    scheduleDecided: (...told) => this.#note((kept) => kept.observer.scheduleDecided?.(...told)),
    committed: (...told) => this.#note((kept) => kept.observer.committed?.(...told)),
  };
  readonly #timer: NodeJS.Timeout;
  #notes: Note[] = [];
  #loaded: PrometheusMetrics | undefined;

  constructor() {
    this.#timer = setTimeout(() => this.#loadSoon(), loadAfterMs).unref();
  }

  /** Begins to tell how the engine is. To be called once. */
  watch(engine: MeasuredEngine, sources: MetricsSources = {}): void {
    this.#note((kept) => kept.watch(engine, sources));
  }

  /** Begins to tell how many event streams of pages are open. To be called once. */
  watchStreams(open: () => number): void {
    this.#note((kept) => kept.watchStreams(open));
  }

  observeRequest(method: string, route: string, status: number, milliseconds: number): void {
    this.#note((kept) => kept.observeRequest(method, route, status, milliseconds));
  }

  /** All metrics as they are now. */
  async scrape(): Promise<ScrapedMetrics> {
    return (await this.#load()).scrape();
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }

  #note(note: Note): void {
    if (this.#loaded !== undefined) {
      note(this.#loaded);
      return;
    }
    this.#notes.push(note);
    if (this.#notes.length === maxNotes) {
      this.#loadSoon();
    }
  }

  /** Whoever asks for the metrics is told why it failed. */
  #loadSoon(): void {
    this.#load().catch(() => undefined);
  }

  readonly #load = loadOnce(async (): Promise<PrometheusMetrics> => {
    const library = await import("./prometheus-metrics.ts");
    const metrics = new library.PrometheusMetrics();
    for (const note of this.#notes) {
      note(metrics);
    }
    this.#notes = [];
    this.#loaded = metrics;
    return metrics;
  });
}
