import {
  optionNames,
  refuseUnknownOptions,
  InvalidOptionError,
} from "@flawless-ts/wasm-module/internal/client";
import { atLeast, checkedText, checkedTimeout } from "../options/checks.ts";
import { timerSleep } from "../options/client-options.ts";
import { checkJobWorkflow } from "./job-start.ts";
import { ownName } from "./own-name.ts";
import { silentLogger } from "./silent-logger.ts";
import type { WorkerOptions } from "./types.ts";

/** The names of the options that have a default. */
type Defaulted =
  | "id"
  | "type"
  | "concurrency"
  | "heartbeatIntervalMs"
  | "idleDelayMs"
  | "errorDelayMs"
  | "closeGraceMs"
  | "modules"
  | "unknownEndMs"
  | "logger"
  | "sleep"
  | "random";

/** {@link WorkerOptions}, checked and with the defaults filled in. */
export type ResolvedWorkerOptions = Omit<WorkerOptions, Defaulted> & {
  readonly [Name in Defaulted]-?: NonNullable<WorkerOptions[Name]>;
};

const workerOptionNames = optionNames<WorkerOptions>({
  controlPlane: true,
  flawless: true,
  id: true,
  type: true,
  concurrency: true,
  heartbeatIntervalMs: true,
  idleDelayMs: true,
  errorDelayMs: true,
  closeGraceMs: true,
  modules: true,
  toStart: true,
  unknownEndMs: true,
  run: true,
  closeClients: true,
  signal: true,
  logger: true,
  sleep: true,
  random: true,
});

/** @throws {InvalidOptionError} naming the first option that doesn't exist, is invalid, or contradicts another. */
export function resolveWorkerOptions(options: WorkerOptions): ResolvedWorkerOptions {
  refuseUnknownOptions(options, workerOptionNames);
  const { flawless, run, toStart, modules = [], type = "wasm" } = options;
  if (run === undefined && flawless === undefined) {
    throw new InvalidOptionError(
      "flawless",
      "expected a client of the Flawless server that runs the jobs' workflows, or a `run` of your own.",
    );
  }
  if (
    run !== undefined &&
    (flawless !== undefined || toStart !== undefined || modules.length > 0)
  ) {
    throw new InvalidOptionError(
      "run",
      "it does the jobs in place of Flawless: leave `flawless`, `toStart` and `modules` out, or `run`.",
    );
  }
  if (toStart !== undefined && typeof toStart !== "function") checkJobWorkflow(toStart);
  if (type !== "wasm" && type !== "firecracker") {
    throw new InvalidOptionError(
      "type",
      `expected "wasm" or "firecracker", but got ${JSON.stringify(type)}.`,
    );
  }
  if (type === "firecracker" && run === undefined) {
    throw new InvalidOptionError(
      "type",
      "jobs for microVMs (firecracker) need a `run` that does them.",
    );
  }
  return {
    ...options,
    id: checkedText("id", options.id ?? ownName(4)),
    type,
    concurrency: atLeast(1, "concurrency", options.concurrency ?? 1),
    heartbeatIntervalMs: milliseconds("heartbeatIntervalMs", options.heartbeatIntervalMs ?? 30_000),
    idleDelayMs: milliseconds("idleDelayMs", options.idleDelayMs ?? 2000),
    errorDelayMs: milliseconds("errorDelayMs", options.errorDelayMs ?? 5000),
    closeGraceMs: checkedGrace("closeGraceMs", options.closeGraceMs ?? 8000),
    modules,
    unknownEndMs: milliseconds("unknownEndMs", options.unknownEndMs ?? 600_000),
    logger: options.logger ?? silentLogger,
    sleep: options.sleep ?? timerSleep,
    random: options.random ?? Math.random,
  };
}

/** @throws {InvalidOptionError} unless it is a whole number of milliseconds that a timer can count. */
export function checkedGrace(option: string, graceMs: number): number {
  return graceMs === 0 ? 0 : milliseconds(option, graceMs);
}

function milliseconds(option: string, value: number): number {
  return checkedTimeout(atLeast(1, option, value), option);
}
