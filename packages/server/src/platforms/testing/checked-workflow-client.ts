// The small client with contracts.
export { checked, WorkflowClient } from "@flawless-ts/sdk/client";
