import { InvalidOptionError } from "@flawless-ts/wasm-module";
import {
  optionNames,
  type OptionNames,
  refuseUnknownOptions,
} from "@flawless-ts/wasm-module/internal";
import type { HostSettings } from "./host/wasi-host.ts";
import type { KeepContent } from "./content-arena.ts";
import { ownBytes } from "./plan-files.ts";
import { planCalls } from "./plan-calls.ts";
import { planImports } from "./plan-imports.ts";
import { planFolders } from "./plan-folders.ts";
import type { RunWatch } from "./thread/run-thread.ts";
import type { WasiCall, WasiClock, WasiLimits, WasiOptions } from "./wasi-options.ts";

/** Limits with their defaults filled in. */
export interface PlannedLimits {
  readonly timeoutMs: number;
  readonly memoryLimitBytes: number;
}

/** Checked options, with their defaults filled in. */
export interface PlannedRun {
  readonly limits: PlannedLimits;
  readonly args: readonly string[];
  /** Undefined to use the module's name. */
  readonly programName: string | undefined;
  /** Undefined for a program, which starts by itself. */
  readonly calls: readonly WasiCall[] | undefined;
  /** The URL of the module with additional imports. */
  readonly imports: string | undefined;
  readonly env: Readonly<Record<string, string>>;
  readonly host: HostSettings;
}

const limitNames = {
  timeoutMs: true,
  memoryLimitBytes: true,
  signal: true,
  onStdout: true,
  onStderr: true,
} as const;
const limitOptionNames = optionNames<WasiLimits>(limitNames);
const runOptionNames = optionNames<WasiOptions>({
  ...limitNames,
  args: true,
  programName: true,
  calls: true,
  imports: true,
  env: true,
  stdin: true,
  files: true,
  folder: true,
  folders: true,
  clock: true,
  seed: true,
  storageLimitBytes: true,
});
const clockNames = optionNames<WasiClock>({ startTime: true, stepMs: true });

const nanosecondsPerMillisecond = 1_000_000;
// 64 bits of nanoseconds end in the year 2554.
const latestTime = 18_446_744_073_709;
const defaultStartTime = Date.UTC(2000);
/** The max memory that 32 bits can address. */
const maxMemory = 2 ** 32;
const pageBytes = 65_536;
const mebibyte = 2 ** 20;
/** The max of `storageLimitBytes`. */
export const maxStorageBytes: number = 1024 * mebibyte;
/** The max delay of setTimeout. */
const maxTimeout = 2 ** 31 - 1;

/**
 * Checks the limits.
 *
 * @throws InvalidOptionError
 */
export function planLimits(
  limits: WasiLimits,
  known: OptionNames = limitOptionNames,
): PlannedLimits {
  refuseUnknownOptions(limits, known);
  const { timeoutMs = 4000, memoryLimitBytes = 256 * mebibyte } = limits;
  expectNumber("timeoutMs", timeoutMs, "milliseconds", 1, maxTimeout);
  expectNumber("memoryLimitBytes", memoryLimitBytes, "bytes", pageBytes, maxMemory);
  return { timeoutMs, memoryLimitBytes };
}

/**
 * Checks a run's signal and listeners.
 *
 * @throws InvalidOptionError
 */
export function planWatch({ signal, onStdout, onStderr }: WasiLimits): RunWatch {
  if (signal !== undefined && !(signal instanceof AbortSignal)) {
    throw new InvalidOptionError("signal", `expected an AbortSignal, but got ${show(signal)}.`);
  }
  expectFunction("onStdout", onStdout);
  expectFunction("onStderr", onStderr);
  return { signal, listeners: { stdout: onStdout, stderr: onStderr } };
}

/**
 * Checks the options, and fills in their defaults.
 *
 * @param keep copies the contents of stdin and of the files
 * @throws InvalidOptionError
 */
export function planRun(options: WasiOptions, keep: KeepContent = ownBytes): PlannedRun {
  const limits = planLimits(options, runOptionNames);
  const { args = [], programName, env = {}, stdin = "" } = options;
  const { clock = {}, seed = 0, storageLimitBytes = 256 * mebibyte } = options;
  if (!Array.isArray(args))
    throw new InvalidOptionError("args", `expected a list, but got ${show(args)}.`);
  args.forEach((text, index) => expectText(`args[${index}]`, text));
  if (programName !== undefined) expectText("programName", programName);
  checkEnvironment(env);
  if (typeof stdin !== "string" && !(stdin instanceof Uint8Array)) {
    throw new InvalidOptionError(
      "stdin",
      `expected a text or a Uint8Array, but got ${show(stdin)}.`,
    );
  }
  expectNumber("seed", seed, "number", -Number.MAX_VALUE, Number.MAX_VALUE);
  expectNumber("storageLimitBytes", storageLimitBytes, "bytes", 0, maxStorageBytes);
  return {
    limits,
    args: [...args],
    programName,
    calls: planCalls(options.calls),
    imports: planImports(options.imports),
    env: { ...env },
    host: {
      clock: planClock(clock),
      seed,
      stdin: keep(stdin),
      folders: planFolders(options, keep),
      storageLimit: storageLimitBytes,
    },
  };
}

function planClock(option: number | Date | WasiClock): HostSettings["clock"] {
  const isTime = typeof option === "number" || option instanceof Date;
  const { startTime = defaultStartTime, stepMs = 0.001 } = isTime ? { startTime: option } : option;
  const name = isTime ? "clock" : "clock.startTime";
  if (!isTime) refuseUnknownOptions(option, clockNames, "clock");
  const start = startTime instanceof Date ? startTime.getTime() : startTime;
  expectNumber(name, start, "milliseconds since 1970", 0, latestTime);
  expectNumber("clock.stepMs", stepMs, "milliseconds", 0, latestTime);
  return { start: toNanoseconds(start), step: toNanoseconds(stepMs) };
}

/** Whole milliseconds are converted separately: in nanoseconds they exceed a number's exact range. */
function toNanoseconds(milliseconds: number): bigint {
  const whole = Math.floor(milliseconds);
  const rest = Math.round((milliseconds - whole) * nanosecondsPerMillisecond);
  return BigInt(whole) * BigInt(nanosecondsPerMillisecond) + BigInt(rest);
}

function checkEnvironment(env: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(env)) {
    expectText(`env.${name}`, value);
    if (name === "" || /[=\0]/u.test(name)) {
      throw new InvalidOptionError(
        "env",
        `expected a name without "=", but got ${JSON.stringify(name)}.`,
      );
    }
  }
}

function expectText(option: string, value: unknown): void {
  if (typeof value !== "string") {
    throw new InvalidOptionError(option, `expected a text, but got ${show(value)}.`);
  }
  if (value.includes("\0")) {
    throw new InvalidOptionError(
      option,
      "expected a text without the character NUL, which programs take for its end.",
    );
  }
}

function expectFunction(option: string, value: unknown): void {
  if (value === undefined || typeof value === "function") return;
  throw new InvalidOptionError(option, `expected a function, but got ${show(value)}.`);
}

function expectNumber(
  option: string,
  value: unknown,
  unit: string,
  min: number,
  max: number,
): void {
  if (typeof value === "number" && value >= min && value <= max) return;
  throw new InvalidOptionError(
    option,
    `expected ${unit}, from ${min} to ${max}, but got ${show(value)}.`,
  );
}

function show(value: unknown): string {
  return typeof value === "number" || value === null ? String(value) : `a ${typeof value}`;
}
