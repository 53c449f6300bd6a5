export {
  discoverFlawlessUrl,
  workerFromEnvironment,
  type Environment,
  type EnvironmentWorkerOptions,
} from "./from-environment.ts";
export type {
  JobContext,
  JobModule,
  JobStart,
  JobWorkflow,
  WorkerLogger,
  WorkerOptions,
} from "./types.ts";
export { Worker, type CloseOptions } from "./worker.ts";
