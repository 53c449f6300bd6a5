import type { WorkerLogger } from "./types.ts";

/** The logger of those who give none. */
export const silentLogger: WorkerLogger = { debug() {}, info() {}, warn() {}, error() {} };
