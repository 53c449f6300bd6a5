export {
  BuildError,
  type BuildErrorCode,
  type BuildProblem,
  type SourcePlace,
} from "./build-error.ts";
export { buildModule, type BuildModuleOptions, type BuiltModule } from "./build-module.ts";
export { contractSource } from "./contract-source.ts";
export { moduleTypes } from "./contract-types/contract-section.ts";
export type { JsonSchema, ModuleTypes, WorkflowTypes } from "./contract-types/module-types.ts";
export { waitForChange } from "./wait-for-change.ts";
