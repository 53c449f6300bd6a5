export { type TracingOptions, traceWorkflows } from "./trace-workflows.ts";
