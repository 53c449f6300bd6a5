// Rarely called functions, in one file for bundlers; it is loaded when one of them is called.
export { deploy } from "./client/deploy.ts";
export { endWorkflow } from "./client/endings.ts";
export {
  endWorkflows,
  listActivityQueues,
  listWorkflows,
  restartWorkflows,
} from "./client/many-workflows.ts";
export { waitUntilReady } from "./client/readiness.ts";
export { readState } from "./client/read-written.ts";
export { fork, restart } from "./client/restarts.ts";
export { ScheduleCalls } from "./client/schedule-calls.ts";
export { update } from "./client/updates.ts";
export { HttpMore } from "./connection/http-more.ts";
export { HttpSchedules } from "./connection/http-schedules.ts";
export { ticketSender } from "./http/ticket-agent.ts";
