import type { WorkerLogger } from "./types.ts";

/** The default logger. */
export const silentLogger: WorkerLogger = { debug() {}, info() {}, warn() {}, error() {} };
