/** A claimed partition: see `PartitionTable`. */
export interface ClaimedPartition {
  readonly partition: number;
  readonly epoch: number;
}
