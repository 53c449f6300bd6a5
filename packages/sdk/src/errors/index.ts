export * from "./answer-errors.ts";
export * from "./connection-errors.ts";
export * from "./refusals.ts";
export * from "./update-rejected.ts";
export * from "./usage-errors.ts";
export {
  InvalidOptionError,
  NotJsonError,
  NotSupportedByServerError,
  type NotSupportedOptions,
} from "@flawless-ts/wasm-module";
