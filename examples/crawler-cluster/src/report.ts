/** One of a crawl's 30 reports: three for each of its ten rounds. */
export interface Report {
  /** The number N in `job-N`. */
  readonly id: number;
  readonly status: "Request" | "Parse" | "Done";
  readonly url: string;
  /** 9 in the first round, 0 in the last. */
  readonly urls_left: number;
}

export const reportsPerCrawl = 30;

/**
 * The report as the control plane gets it. A crawl reports Done in each round, and the control plane would take the
 * first one for the end of the job.
 */
export function withoutEarlyEnd(report: Report): Report {
  return report.status === "Done" && report.urls_left > 0 ? { ...report, status: "Parse" } : report;
}
