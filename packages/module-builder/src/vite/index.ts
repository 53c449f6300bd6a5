import "@flawless-ts/wasm-module/internal/needs-node-24";
export { flawlessModules } from "./flawless-modules.ts";
