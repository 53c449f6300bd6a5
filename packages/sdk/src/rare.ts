// Functions that few programs call, in one file for bundlers; it is loaded when one of them is called.
export * from "./rare-of-workflows.ts";
export { deploy } from "./client/deploy.ts";
export {
  endWorkflows,
  listActivityQueues,
  listWorkflows,
  restartWorkflows,
} from "./client/many-workflows.ts";
export { waitUntilReady } from "./client/readiness.ts";
export { ScheduleCalls } from "./client/schedule-calls.ts";
export { HttpMore } from "./connection/http-more.ts";
export { HttpSchedules } from "./connection/http-schedules.ts";
export { ticketSender } from "./http/ticket-agent.ts";
