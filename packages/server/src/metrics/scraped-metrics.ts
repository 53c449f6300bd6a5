/** What the metrics are about beside the engine. */
export interface MetricsSources {
  /** The size of the files that hold the journal, in bytes. Default: not told. */
  readonly journalFileBytes?: (() => Promise<number>) | undefined;
  /** What there is to tell of the node in its cluster. Default: nothing. */
  readonly cluster?: ClusterFigures | undefined;
}

/** What a node of a cluster counts. */
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
