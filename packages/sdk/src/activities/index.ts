export {
  createActivityHandler,
  type ActivityHandler,
  type ActivityHandlerOptions,
} from "./activity-handler.ts";
export { ApplicationFailure, type ApplicationFailureOptions } from "./application-failure.ts";
export { ActivityWorker } from "./activity-worker.ts";
export type { ActivityWorkerOptions } from "./types.ts";
