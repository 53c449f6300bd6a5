import { loadOnce } from "@flawless-ts/http-service/program";
import type { RequestObserver } from "@flawless-ts/http-service";
import type { EngineObserver } from "../engine/index.ts";
import type { MeasuredEngine } from "./engine-metrics.ts";
import type { PrometheusMetrics } from "./prometheus-metrics.ts";
import type { MetricsJson, MetricsSources, ScrapedMetrics } from "./scraped-metrics.ts";

type Note = (metrics: PrometheusMetrics) => void;

/** The metrics library is loaded this long after the start, or after this many records. */
const loadAfterMs = 1_000;
const maxNotes = 1_000;

/**
 * A server's metrics for Prometheus. Values that can be counted on demand are counted when requested. The metrics library is
 * loaded a little later, so that the server starts faster; until then, everything is recorded.
 */
export class ServerMetrics implements Disposable, RequestObserver {
  /** The observer for the engine. */
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
  #others: (() => Promise<readonly MetricsJson[]>) | undefined;
  #notes: Note[] = [];
  #loaded: PrometheusMetrics | undefined;

  constructor() {
    this.#timer = setTimeout(() => this.#loadSoon(), loadAfterMs).unref();
  }

  /** Adds the engine's metrics. Must be called once. */
  watch(engine: MeasuredEngine, sources: MetricsSources = {}): void {
    this.#note((kept) => kept.watch(engine, sources));
  }

  /** Adds the number of open event streams. Must be called once. */
  watchStreams(open: () => number): void {
    this.#note((kept) => kept.watchStreams(open));
  }

  observeRequest(method: string, route: string, status: number, milliseconds: number): void {
    this.#note((kept) => kept.observeRequest(method, route, status, milliseconds));
  }

  /** Adds the metrics of other engines to those that are scraped. Call it once. */
  gather(others: () => Promise<readonly MetricsJson[]>): void {
    this.#others = others;
  }

  /** All current metrics. */
  async scrape(): Promise<ScrapedMetrics> {
    const metrics = await this.#load();
    return metrics.scrape((await this.#others?.()) ?? []);
  }

  /** The metrics of this engine only, for another engine to add to its own. */
  async ownJson(): Promise<MetricsJson> {
    return (await this.#load()).json();
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

  /** A failure is reported to the request for the metrics. */
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
