export type {
  ActivityErrorCode,
  ActivityFault,
  ActivityListener,
  ActivityOutcome,
  ActivityTask,
  ActivityTasks,
  OpenActivity,
} from "./activity-task.ts";
export { ActivityQueues } from "./activity-queues.ts";
export type { ActivityLimits } from "./activity-limits.ts";
export type { ActivityObserver } from "./activity-observer.ts";
export type { AttemptEnd } from "./open-task.ts";
export { boundedBeat, boundedReport } from "./bounded-report.ts";
export { readProgress } from "./task-progress.ts";
