/** What the queues of activities keep to. */
export interface ActivityLimits {
  /** How long a worker has a task without saying so again, in milliseconds. */
  readonly leaseMs: number;
  /** Workers of all queues together. */
  readonly workers: number;
  /** Characters of a result. */
  readonly textCharacters: number;
}
