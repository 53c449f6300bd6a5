import "@flawless-ts/wasm-module/internal/needs-node-24";
export type { ActivityFault } from "./activities/activity-fault.ts";
export type { ActivityMocks } from "./activities/activity-mocks.ts";
export type { TestActivity, TestActivityAttempt } from "./activities/test-activity.ts";
export {
  formatStepCoverage,
  resetStepCoverage,
  stepCoverage,
  type StepCoverage,
  type WorkflowCoverage,
} from "./coverage/step-coverage.ts";
export {
  crashEverywhere,
  type CrashEverywhereOptions,
  type CrashReport,
} from "./crash/crash-everywhere.ts";
export type { DurationLike } from "@flawless-ts/wasm-module";
export type { CrashPoint, StoreFaults } from "./environment/faulty-store.ts";
export {
  hang,
  type TestHandler,
  type TestReply,
  type TestRequest,
} from "./environment/http-reply.ts";
export type { TestRoutes } from "./environment/http-routes.ts";
export { TestEnvironment } from "./environment/test-environment.ts";
export type { TestEnvironmentOptions } from "./environment/test-environment-options.ts";
export type { TestModule, TestRun } from "./environment/test-module.ts";
export type { RequestFault, TestHttpOption } from "./environment/test-http.ts";
export { InvalidOptionError } from "@flawless-ts/wasm-module";
export type { WorkflowLog } from "@flawless-ts/server/internal";
export { TestkitError, type TestkitErrorCode } from "./errors.ts";
export { readHistory, writeHistory, type RecordedHistory } from "./history/history-file.ts";
export { replayHistory, type ReplayReport } from "./history/replay-history.ts";
