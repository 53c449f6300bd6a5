export {
  describeTopologies,
  type DescribeTopologiesOptions,
  type TopologyContext,
} from "../../topologies/vitest/describe-topologies.ts";
