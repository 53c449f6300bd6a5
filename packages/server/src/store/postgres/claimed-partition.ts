/** A partition that was claimed: see `PartitionTable`. */
export interface ClaimedPartition {
  readonly partition: number;
  readonly epoch: number;
}
