/** The sources of metrics other than the engine. */
export interface MetricsSources {
  /** The size of the journal's files, in bytes. Default: no such metric. */
  readonly journalFileBytes?: (() => Promise<number>) | undefined;
  /** The counts of a cluster node. Default: no such metrics. */
  readonly cluster?: ClusterFigures | undefined;
}

/** The counts of a cluster node. */
export interface ClusterFigures {
  readonly partitionsOwned: () => number;
  readonly fencesFailed: () => number;
  readonly requestsPassedOn: () => number;
  readonly lagMs: () => number;
}

/** All metrics at one moment. */
export interface ScrapedMetrics {
  readonly contentType: string;
  /** In Prometheus's text format. */
  readonly text: string;
}

/** Metrics as numbers, to be added up with those of other engines; see prom-client's `getMetricsAsJSON`. */
export type MetricsJson = readonly object[];
