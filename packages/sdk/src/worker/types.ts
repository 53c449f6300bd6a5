import type { Contract } from "@flawless-ts/wasm-module";
import type { ModuleSource } from "../client/module-source.ts";
import type { ControlPlane } from "../control-plane/control-plane.ts";
import type { Job, WorkerType } from "../control-plane/types.ts";
import type { Flawless } from "../flawless.ts";
import type { Sleep } from "../options.ts";

/** Where a worker writes its log: a pino logger fits. */
export interface WorkerLogger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/**
 * A module on the Flawless server: a contract, such as what `defineModule` and `defineContract` give, by which the input is
 * checked before the start; or its name and version, which a deployed module has.
 */
export type JobModule = Contract | { readonly name: string; readonly version: string };

/** The workflow that does jobs. */
export interface JobWorkflow {
  /** The module, or its name. */
  readonly module: JobModule | string;
  /** The module's version. Needed where `module` is a name, and left out where it is not. */
  readonly version?: string | undefined;
  readonly workflow: string;
}

/** The workflow that does a job, and what it gets. */
export interface JobStart extends JobWorkflow {
  /** `undefined` for a workflow without input. */
  readonly input: unknown;
  /**
   * What makes two starts the same: the second gives the workflow of the first. Default: the job's id and the time when
   * it was published, which tells `job-1` of one queue from that of another that uses the same Flawless server.
   */
  readonly idempotencyKey?: string | undefined;
  /**
   * By which the workflow is found in lists, as for `start`. The original server's are left without. Beside them are
   * `control-plane:job` and `control-plane:url`, by which the servers' pages lead from one to the other. Default: only those.
   */
  readonly labels?: Readonly<Record<string, string>> | undefined;
}

/** What a handler of jobs is given beside the job. */
export interface JobContext {
  /** Aborted when the worker has to stop and the job was handed back: what the handler does from then on is lost. */
  readonly signal: AbortSignal;
}

/** Options of `Worker`. Either `flawless` or `run` is needed. */
export interface WorkerOptions {
  /** Where the jobs come from. */
  readonly controlPlane: ControlPlane;
  /** Where the jobs' workflows run. */
  readonly flawless?: Flawless | undefined;
  /** The worker's name. The control plane may give another id. Default: the host's name and a random part. */
  readonly id?: string | undefined;
  /** Which jobs it takes. Default `wasm`. */
  readonly type?: WorkerType | undefined;
  /** How many jobs it has at a time. Default 1. */
  readonly concurrency?: number | undefined;
  /** Milliseconds between two signs of life. Default 30,000. */
  readonly heartbeatIntervalMs?: number | undefined;
  /** Milliseconds to wait when there is no job, spread by up to a quarter. Default 2,000. */
  readonly idleDelayMs?: number | undefined;
  /** Milliseconds to wait after an error, spread by up to a quarter. Default 5,000. */
  readonly errorDelayMs?: number | undefined;
  /**
   * How long `close` lets jobs finish before it hands them back, in milliseconds. Default 8,000: containers are killed
   * 10 seconds after they are asked to stop.
   */
  readonly closeGraceMs?: number | undefined;
  /** Modules to deploy before the first job is claimed. Default: none, they are there. */
  readonly modules?: readonly ModuleSource[] | undefined;
  /**
   * Which workflow does the jobs: one for all, `{ module, workflow }`, whose input is a job's payload as it was published; or
   * a function that tells the workflow and the input for each. Default: `start` of `crawler` 0.1.8 with `{id, url}` of the payload; where nobody deployed
   * that, of its stand-in `flawless-ts-crawler` 0.1.8, which `control-plane up` deploys. What it throws fails the job.
   *
   * ```ts
   * import orders from "./orders.ts"; // defineModule({ name: "orders", version: "1.0.0", workflows: { checkout } })
   *
   * new Worker({ controlPlane, flawless, toStart: { module: orders, workflow: "checkout" } });
   * ```
   */
  readonly toStart?: JobWorkflow | ((job: Job) => JobStart) | undefined;
  /**
   * How long a job may take whose workflow's end cannot be known, in milliseconds: the original Flawless server does not
   * tell it, so that a workflow without a response has to move its job by `POST /ui-update`. Default 600,000.
   */
  readonly unknownEndMs?: number | undefined;
  /**
   * Does jobs in place of Flawless: the job is Completed when it resolves, and Failed when it rejects. It may get a job
   * again that was handed to it before, by another worker or before a crash.
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
  /** Random number from 0 to 1, 1 excluded, that spreads the waits. Default `Math.random`. */
  readonly random?: (() => number) | undefined;
}

/** How a job ended; `handed-back`: it did not, and others may have it. */
export type JobOutcome =
  | { readonly status: "Completed" }
  | { readonly status: "Failed"; readonly reason: string }
  /** The job was moved to its end by someone else: by its workflow, through `POST /ui-update`. */
  | { readonly status: "moved" }
  | { readonly status: "handed-back" };
