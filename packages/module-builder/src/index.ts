export {
  BuildError,
  type BuildErrorCode,
  type BuildProblem,
  type SourcePlace,
} from "./build/build-error.ts";
export { buildModule, type BuildModuleOptions, type BuiltModule } from "./build/build-module.ts";
export { contractSource } from "./build/contract-source.ts";
export { moduleTypes } from "./build/contract-types/contract-section.ts";
export type {
  JsonSchema,
  ModuleTypes,
  WorkflowTypes,
} from "./build/contract-types/module-types.ts";
export { waitForChange } from "./build/wait-for-change.ts";
