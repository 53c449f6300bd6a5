export type { ClaimedPartition } from "./claimed-partition.ts";
export { CommitQueue } from "./commit-queue.ts";
export { type AnsweredErrand, type ErrandRow, ErrandTable } from "./errand-table.ts";
export { Notices } from "./notices.ts";
export { OutcomeTable, type StoredOutcome } from "./outcome-table.ts";
export { type NodeRow, type PartitionRow, PartitionTable } from "./partition-table.ts";
export {
  defaultSchema,
  PostgresDatabase,
  type PostgresDatabaseOptions,
} from "./postgres-database.ts";
export { PostgresModules } from "./postgres-modules.ts";
export { PostgresReader } from "./postgres-reader.ts";
export { PostgresWorkflowStore } from "./postgres-workflow-store.ts";
export { type ClusterSettings, prepareCluster, type PreparedCluster } from "./prepare-cluster.ts";
