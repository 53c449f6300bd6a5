// Only for this project's other packages; it may change with any version.
export type * from "./connection/schedule-requests.ts";
export type {
  DeployedName,
  ExecutedWorkflow,
  FlawlessConnection,
  ForkManner,
  RestartManner,
  RestartManyManner,
  StartManner,
  StartRequest,
  UpdateAnswer,
  UpdateRequest,
} from "./connection/connection.ts";
export { responseOf } from "./connection/response-of.ts";
export { refusalFromStatus } from "./errors/refusal-from-answer.ts";
export type { CallScope } from "./http/call-scope.ts";
export { CallScopes } from "./http/call-scopes.ts";
export { isTicket } from "./http/tickets.ts";
export { waitWithin } from "./http/wait-within.ts";
export { mayPass } from "./worker/passing.ts";
export type * from "./connection/activity-types.ts";
export { HeldAttempt } from "./activities/held-attempt.ts";
export { activityPolicies } from "./activities/options.ts";
export { activityOf, type AttemptResult, runActivity } from "./activities/run-activity.ts";
export { keyPrefix } from "./connection/key-prefix.ts";
export type { CheckedContract, WorkflowBinding } from "./client/by-contract.ts";
export type { ClientParts } from "./client/client-parts.ts";
export { lazilyChecked } from "./client/lazily-checked.ts";
export { loadRare } from "./load-rare.ts";
export { DeployedModule } from "./client/deployed-module.ts";
export { WorkflowHandle } from "./client/workflow-handle.ts";
export { silentLogger } from "./worker/silent-logger.ts";
export { connectionOf } from "./flawless.ts";
