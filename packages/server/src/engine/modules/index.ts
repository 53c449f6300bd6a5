// The modules that were deployed, and their compiled code.
export { Modules, moduleKey } from "./modules.ts";
