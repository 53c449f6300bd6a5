// Only for this project's other packages; it may change with any version.
export {
  activityPolicy,
  type SentPolicy,
  type SentRetry,
  type SentTimeouts,
} from "../authoring/activity-policy.ts";
export { maxDurationMs, parseDuration } from "../duration-like.ts";
export { ByteReader } from "../inspect/byte-reader.ts";
export type { HeardCancellation } from "../inspect/declared-extensions.ts";
export { type DeferredModule, deferExports, workflowTableName } from "../inspect/defer-exports.ts";
export {
  allocExportName,
  initExportName,
  memoryExportName,
  moduleExportPrefix,
  moduleVersionSeparator,
  runExportName,
} from "../inspect/export-names.ts";
export { bytesPerPage } from "../inspect/host-fit.ts";
export { examineModule, type ModuleExamination } from "../inspect/inspect-module.ts";
export { encodeS32, encodeU32 } from "../inspect/leb128.ts";
export { type ModuleLimits, limitModule } from "../inspect/limit-module.ts";
export { isModuleErrorCode } from "../inspect/module-error.ts";
export {
  anyMessageType,
  contractSectionName,
  type JsonSchema,
  moduleTypes,
  type ModuleTypes,
  type WorkflowTypes,
} from "../inspect/module-types.ts";
export { type SectionName, splitSections } from "../inspect/module-sections.ts";
export {
  hostTableName,
  loopExportName,
  makeReusable,
  pagesExportName,
  type ReusableModule,
} from "../inspect/reuse/make-reusable.ts";
export { hostFunctionsModule } from "../inspect/reuse/host-functions.ts";
export { afterEnd, hostPlaces, placeBits } from "../inspect/reuse/loop-code.ts";
export { nodeBuiltin, optionalNodeBuiltin } from "./node-builtins.ts";
export { resolveRetryOptions, type ResolvedRetryOptions } from "../retry-options.ts";
export {
  closest,
  namesOfDefaults,
  optionNames,
  refuseUnknownOptions,
  type OptionNames,
} from "../unknown-options.ts";
export { validateJson } from "../validate-json.ts";
export { contractIssues } from "../contract-error.ts";
export { ShortLivedMap, ShortLivedSet } from "../short-lived.ts";
