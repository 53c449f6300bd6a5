import "@flawless-ts/wasm-module/internal/needs-node-24";
export { type TracingOptions, traceWorkflows } from "./trace-workflows.ts";
