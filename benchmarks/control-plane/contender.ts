/** A job queue to measure. */
export interface Contender {
  readonly name: string;
  /** Publishes one job; resolves once it is durable. */
  publish(): Promise<void>;
  /**
   * Claims the next job and completes it.
   *
   * @param caller the caller's number, from 0
   * @returns false if it got no job
   */
  complete(caller: number): Promise<boolean>;
  /** How many jobs are completed, and how many are not. */
  count(): Promise<{ readonly completed: number; readonly others: number }>;
}

/** The payload of a job, the same for every contender. */
export function payloadOf(job: number): { readonly url: string; readonly depth: number } {
  return { url: `https://example.com/pages/${job}`, depth: 3 };
}
