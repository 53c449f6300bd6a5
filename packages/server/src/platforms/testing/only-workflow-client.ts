// The smallest program with the small client, to measure its bundle.
export { WorkflowClient } from "@flawless-ts/sdk/client";
