// For the part of the client that every program loads; it may change with any version. Bundlers that split code include
// everything an entry imports, so this one imports nothing more.
export { FlawlessError } from "../errors.ts";
export { InvalidOptionError } from "../invalid-option-error.ts";
export { isPlainJson } from "../json/is-plain-json.ts";
export { parseJson } from "../json/parse-json.ts";
export { resolveRetryOptions, type ResolvedRetryOptions } from "../retry-options.ts";
export { optionNames, refuseUnknownOptions, type OptionNames } from "../unknown-options.ts";
