export {
  discoverFlawlessUrl,
  workerFromEnvironment,
  type Environment,
  type EnvironmentWorkerOptions,
} from "./from-environment.ts";
export type { JobContext, JobStart, WorkerLogger, WorkerOptions } from "./types.ts";
export { Worker, type CloseOptions } from "./worker.ts";
