/** Limits of the activity queues. */
export interface ActivityLimits {
  /** How long a worker has a task without renewing its lease, in milliseconds. */
  readonly leaseMs: number;
  /** Max workers of all queues together. */
  readonly workers: number;
  /** Max characters of a result. */
  readonly textCharacters: number;
}
