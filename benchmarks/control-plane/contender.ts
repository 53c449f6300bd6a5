/** A job queue that is measured. */
export interface Contender {
  readonly name: string;
  /** Publishes one job, and returns once it is durable. */
  publish(): Promise<void>;
  /**
   * Claims the next job and completes it.
   *
   * @param caller the caller's number, from 0
   * @returns false where no job was handed out
   */
  complete(caller: number): Promise<boolean>;
  /** How many jobs are completed by now, and how many are not. */
  count(): Promise<{ readonly completed: number; readonly others: number }>;
}

/** What a job carries, the same for every contender. */
export function payloadOf(job: number): { readonly url: string; readonly depth: number } {
  return { url: `https://example.com/pages/${job}`, depth: 3 };
}
