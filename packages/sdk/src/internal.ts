// For the other packages of this project only: it may change with any version.
export type {
  DeployedName,
  ExecutedWorkflow,
  FlawlessConnection,
  StartManner,
  StartRequest,
} from "./connection/connection.ts";
export { responseOf } from "./connection/response-of.ts";
export { refusalFromStatus } from "./errors/refusal-from-answer.ts";
export type { CallScope } from "./http/call-scope.ts";
export { CallScopes } from "./http/call-scopes.ts";
export { waitWithin } from "./http/wait-within.ts";
export { mayPass } from "./worker/passing.ts";
export type * from "./connection/activity-types.ts";
export { connectionOf } from "./flawless.ts";
