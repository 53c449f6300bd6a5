export { type CliEnd, CliProcess, type CliProcessOptions } from "./cli-process.ts";
export { listenOnFreePort, rawRequest } from "./raw-request.ts";
export { TemporaryDirectory } from "./temporary-directory.ts";
