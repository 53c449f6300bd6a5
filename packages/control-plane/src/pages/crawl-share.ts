import type { JobProgress, ProgressStatus } from "../queue/types.ts";

/** How many of its reports a crawl has sent. */
export interface CrawlShare {
  readonly sent: number;
  /** Those that are expected in all. */
  readonly expected: number;
}

/** A crawl reports each URL three times; this many of them are still to come for the one it is at. */
const reportsToCome: Readonly<Record<ProgressStatus, number>> = {
  Request: 2,
  Parse: 1,
  Done: 0,
  Error: 0,
};

/**
 * How far a crawl is. What is still to come is known from the report itself: a report that got lost, or came twice,
 * shifts the bar a little, but does not keep it from its end. The workflow `crawler` 0.1.8 sends 30.
 */
export function crawlShare({ status, urlsLeft, reports }: JobProgress): CrawlShare {
  return { sent: reports, expected: reports + urlsLeft * 3 + reportsToCome[status] };
}
