// For packages that bring a connection of their own, as the testkit does.
export type {
  DeployedName,
  ExecutedWorkflow,
  FlawlessConnection,
  StartManner,
  StartRequest,
} from "./connection.ts";
export { responseOf } from "./response-of.ts";
export { refusalFromStatus } from "../errors/refusal-from-answer.ts";
export type { CallScope } from "../http/call-scope.ts";
export { CallScopes } from "../http/call-scopes.ts";
export { waitWithin } from "../http/wait-within.ts";
export { mayPass } from "../worker/passing.ts";
