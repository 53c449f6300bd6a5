export { flawlessModules } from "./flawless-modules.ts";
