import "@flawless-ts/wasm-module/internal/needs-node-24";
export {
  BuildError,
  type BuildErrorCode,
  type BuildProblem,
  type SourcePlace,
} from "./build/build-error.ts";
export { buildModule, type BuildModuleOptions, type BuiltModule } from "./build/build-module.ts";
export { contractSource } from "./build/contract-source.ts";
export {
  type JsonSchema,
  moduleTypes,
  type ModuleTypes,
  type WorkflowTypes,
} from "@flawless-ts/wasm-module/internal";
export {
  type FileStates,
  fileStates,
  haveChanged,
  waitForChange,
} from "./build/wait-for-change.ts";
