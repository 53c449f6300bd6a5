import type { JobProgress, ProgressStatus } from "../queue/types.ts";

/** How many reports a crawl has sent. */
export interface CrawlShare {
  readonly sent: number;
  /** How many are expected in total. */
  readonly expected: number;
}

/** A crawl reports each URL three times. This many are still to come for its current URL. */
const reportsToCome: Readonly<Record<ProgressStatus, number>> = {
  Request: 2,
  Parse: 1,
  Done: 0,
  Error: 0,
};

/**
 * The progress of a crawl. Each report reveals how many are still to come, so a lost or repeated one shifts the bar a little,
 * but doesn't keep it from completing. The workflow `crawler` 0.1.8 sends 30.
 */
export function crawlShare({ status, urlsLeft, reports }: JobProgress): CrawlShare {
  return { sent: reports, expected: reports + urlsLeft * 3 + reportsToCome[status] };
}
