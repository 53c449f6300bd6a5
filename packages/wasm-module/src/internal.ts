// For the other packages of this project only: it may change with any version.
export { maxDurationMs, parseDuration } from "./duration-like.ts";
