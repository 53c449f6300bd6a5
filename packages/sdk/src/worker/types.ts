import type { Contract } from "@flawless-ts/wasm-module";
import type { ModuleSource } from "../client/module-source.ts";
import type { ControlPlane } from "../control-plane/control-plane.ts";
import type { Job, WorkerType } from "../control-plane/types.ts";
import type { Flawless } from "../flawless.ts";
import type { Sleep } from "../options/client-options.ts";

/** The log of a worker; a pino logger fits. */
export interface WorkerLogger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/**
 * A module on the Flawless server: a contract, such as the result of `defineModule` or `defineContract`, with which the
 * input is checked before the start; or its name and version, as in a deployed module.
 */
export type JobModule = Contract | { readonly name: string; readonly version: string };

/** The workflow that runs jobs. */
export interface JobWorkflow {
  /** The module, or its name. */
  readonly module: JobModule | string;
  /** The module's version. Required if `module` is a name, otherwise omitted. */
  readonly version?: string | undefined;
  readonly workflow: string;
}

/** The workflow that runs a job, and its input. */
export interface JobStart extends JobWorkflow {
  /** `undefined` for a workflow without input. */
  readonly input: unknown;
  /**
   * Another start with the same key returns the workflow of the first. Default: the job's id and the time it was
   * published, which distinguishes `job-1` of two queues that use the same Flawless server.
   */
  readonly idempotencyKey?: string | undefined;
  /**
   * For finding the workflow in lists, as for `start`; omitted on the original server. `control-plane:job` and
   * `control-plane:url`, with which the servers' pages link to each other, are added. Default: only those.
   */
  readonly labels?: Readonly<Record<string, string>> | undefined;
}

/** What a job handler gets in addition to the job. */
export interface JobContext {
  /** Aborted when the worker must stop and has returned the job: the handler's further work is lost. */
  readonly signal: AbortSignal;
}

/** Options of `Worker`. Either `flawless` or `run` is needed. */
export interface WorkerOptions {
  /** The source of the jobs. */
  readonly controlPlane: ControlPlane;
  /** The server that runs the jobs' workflows. */
  readonly flawless?: Flawless | undefined;
  /** The worker's name. The control plane may give another id. Default: the host's name and a random part. */
  readonly id?: string | undefined;
  /** The type of jobs that it claims. Default `wasm`. */
  readonly type?: WorkerType | undefined;
  /** The max number of jobs at a time. Default 1. */
  readonly concurrency?: number | undefined;
  /** The time between heartbeats, in milliseconds. Default 30,000. */
  readonly heartbeatIntervalMs?: number | undefined;
  /** How long to wait if there is no job, in milliseconds, randomized by up to a quarter. Default 2,000. */
  readonly idleDelayMs?: number | undefined;
  /** How long to wait after an error, in milliseconds, randomized by up to a quarter. Default 5,000. */
  readonly errorDelayMs?: number | undefined;
  /**
   * How long `close` lets jobs finish before it returns them, in milliseconds. Default 8,000: containers are killed
   * 10 seconds after they are asked to stop.
   */
  readonly closeGraceMs?: number | undefined;
  /** Modules to deploy before the first job is claimed. Default: none, because they are already deployed. */
  readonly modules?: readonly ModuleSource[] | undefined;
  /**
   * The workflow that runs the jobs: one for all, `{ module, workflow }`, whose input is a job's payload as published;
   * or a function that returns the workflow and the input for each. If the function throws, the job fails. Default:
   * `start` of `crawler` 0.1.8 with `{id, url}` of the payload; if that isn't deployed, of its stand-in
   * `flawless-ts-crawler` 0.1.8, which `control-plane up` deploys.
   *
   * ```ts
   * import orders from "./orders.ts"; // defineModule({ name: "orders", version: "1.0.0", workflows: { checkout } })
   *
   * new Worker({ controlPlane, flawless, toStart: { module: orders, workflow: "checkout" } });
   * ```
   */
  readonly toStart?: JobWorkflow | ((job: Job) => JobStart) | undefined;
  /**
   * How long a job may take if the end of its workflow can't be known, in milliseconds: the original Flawless server
   * doesn't report it, so a workflow without a response must update its job with `POST /ui-update`. Default 600,000.
   */
  readonly unknownEndMs?: number | undefined;
  /**
   * Runs jobs instead of Flawless: the job is Completed if it resolves, and Failed if it rejects. It may get a job that
   * has already run, on another worker or before a crash.
   */
  readonly run?: ((job: Job, context: JobContext) => Promise<void>) | undefined;
  /** Whether closing it closes `controlPlane` and `flawless`, too. Default `false`. */
  readonly closeClients?: boolean | undefined;
  /** Closes the worker when aborted. */
  readonly signal?: AbortSignal | undefined;
  /** Default: none. */
  readonly logger?: WorkerLogger | undefined;
  /** Waits. For tests; default: a timer. */
  readonly sleep?: Sleep | undefined;
  /** A random number from 0 up to but not including 1, to randomize waits. Default `Math.random`. */
  readonly random?: (() => number) | undefined;
}

/** The outcome of a job; `handed-back`: it didn't end, and others may have it. */
export type JobOutcome =
  | { readonly status: "Completed" }
  | { readonly status: "Failed"; readonly reason: string }
  /** Someone else ended the job: its workflow, with `POST /ui-update`. */
  | { readonly status: "moved" }
  | { readonly status: "handed-back" };
