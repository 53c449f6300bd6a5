/** What the metrics are about beside the engine. */
export interface MetricsSources {
  /** The size of the files that hold the journal, in bytes. Default: not told. */
  readonly journalFileBytes?: (() => Promise<number>) | undefined;
}

/** All metrics at one moment. */
export interface ScrapedMetrics {
  readonly contentType: string;
  /** In Prometheus's text format. */
  readonly text: string;
}
