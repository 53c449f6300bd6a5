import "@flawless-ts/wasm-module/internal/needs-node-24";
export {
  describeTopologies,
  type DescribeTopologiesOptions,
  type TopologyContext,
} from "../../topologies/vitest/describe-topologies.ts";
