export { BuildError, type BuildErrorCode, type SourcePlace } from "./build-error.ts";
export { buildModule, type BuildModuleOptions, type BuiltModule } from "./build-module.ts";
export { contractSource } from "./contract-source.ts";
export { waitForChange } from "./wait-for-change.ts";
