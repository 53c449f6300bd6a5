export type { NotJson, Receivable, Sendable } from "./json-checks.ts";
export type { JsonOf } from "./json-of.ts";
export { type NotJsonDetails, NotJsonError } from "./not-json-error.ts";
export { type JsonValue, parseJson } from "./parse-json.ts";
export { writeJson } from "./write-json.ts";
