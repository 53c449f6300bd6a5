// For the code that is bundled into each module with the user's code; it may change with any version.
export {
  activityPolicy,
  type SentPolicy,
  type SentRetry,
  type SentTimeouts,
} from "../authoring/activity-policy.ts";
export { implementationKey, type WorkflowImplementation } from "../authoring/define-module.ts";
export { contractIssues } from "../contract-error.ts";
export { maxDurationMs, parseDuration } from "../duration-like.ts";
export { isPlainJson } from "../json/is-plain-json.ts";
export { mayHaveLongIntegers } from "../json/parse-json.ts";
export { validateJson } from "../validate-json.ts";
