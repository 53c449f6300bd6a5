// What few programs call on a workflow's handle, in one file for bundlers.
export { writeJson } from "@flawless-ts/wasm-module/internal/client-values";
export { endWorkflow } from "./client/endings.ts";
export { readState } from "./client/read-written.ts";
export { fork, restart } from "./client/restarts.ts";
export { update } from "./client/updates.ts";
export { HttpWorkflowMore } from "./connection/http-workflow-more.ts";
