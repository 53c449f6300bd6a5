export type * from "./cluster-members.ts";
export type { ClusterOptions } from "./cluster-options.ts";
export { Cluster } from "./cluster.ts";
export type { WaitForJobOptions } from "./job-wait.ts";
export type * from "./plan/cluster-plan.ts";
export { composeFile } from "./compose/compose-file.ts";
export { planCluster } from "./plan/plan-cluster.ts";
export { topologies, type Topology } from "./plan/topology.ts";
export {
  explainReachability,
  type Reachability,
  type ReachabilityOptions,
  type ReachabilityOutcome,
} from "./reachability/explain-reachability.ts";
