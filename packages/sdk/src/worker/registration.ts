import type * as nodeOs from "node:os";
import { optionalNodeBuiltin } from "@flawless-ts/wasm-module/internal";
import { NotFoundError } from "../errors/refusals.ts";
import { NotSupportedByServerError } from "@flawless-ts/wasm-module/internal/client-values";
import type { ResolvedWorkerOptions } from "./options.ts";
import { runtimeName } from "../http/runtime.ts";
import type { Retrier } from "./retrier.ts";
import { messageOf, type FailureLog } from "./failure-log.ts";

/** Short, because whoever stops a process doesn't wait long. */
const leaveTimeoutMs = 1500;

/** A worker's entry in the control plane's list of workers. */
export class Registration {
  readonly #options: ResolvedWorkerOptions;
  readonly #retrier: Retrier;
  readonly #failures: FailureLog;
  /** `null` if not registered, or if the server has no list. */
  #id: string | null = null;

  constructor(options: ResolvedWorkerOptions, retrier: Retrier, failures: FailureLog) {
    this.#options = options;
    this.#retrier = retrier;
    this.#failures = failures;
  }

  /** The worker's id: the server's, if it assigned one. */
  get id(): string {
    return this.#id ?? this.#options.id;
  }

  /**
   * Registers the worker. Does nothing on a server of the first form, which has no list.
   *
   * @param stopping ends the retries.
   * @param givingUp ends a pending request, which may leave an entry that nobody knows about.
   */
  async register(stopping: AbortSignal, givingUp: AbortSignal = stopping): Promise<void> {
    const { controlPlane, id: name, type, logger } = this.#options;
    const os = optionalNodeBuiltin<typeof nodeOs>("node:os");
    const registration = {
      type,
      name,
      cpuCores: os?.availableParallelism() ?? 1,
      memoryMb: Math.floor((os?.totalmem() ?? 0) / 2 ** 20),
      metadata: { hostname: os?.hostname() ?? "unknown", runtime: runtimeName() },
    };
    const activity = `Registering at ${controlPlane.url}`;
    try {
      this.#id = await this.#retrier.untilItWorks(
        activity,
        () => controlPlane.workers.register(registration, { signal: givingUp }),
        stopping,
      );
      logger.info({ workerId: this.#id }, `Registered at ${controlPlane.url}.`);
    } catch (error) {
      if (!NotSupportedByServerError.is(error)) throw error;
      logger.info({ workerId: name }, `${controlPlane.url} keeps no list of workers.`);
    }
  }

  /** Registers a worker that the server no longer knows: it lost its data, or considers the worker lost. */
  async registerAgain(signal: AbortSignal): Promise<void> {
    try {
      await this.register(signal);
    } catch (error) {
      // Whatever showed that the server doesn't know it will do so again, and lead back here.
      if (!signal.aborted) this.#failures.failed("Registering again", error, "Trying again later.");
    }
  }

  /** Sends heartbeats until the signal is aborted. */
  async keepAlive(activeJobs: () => number, signal: AbortSignal): Promise<void> {
    const { controlPlane, heartbeatIntervalMs } = this.#options;
    const activity = "Telling the control plane that this worker lives";
    while (this.#id !== null) {
      await this.#retrier.waitExactly(heartbeatIntervalMs, signal);
      if (signal.aborted) return;
      try {
        await controlPlane.workers.heartbeat(this.#id, activeJobs(), { signal });
        this.#failures.worked(activity);
      } catch (error) {
        if (signal.aborted) return;
        this.#failures.failed(activity, error, "Its jobs go to others if that lasts.");
        if (NotFoundError.is(error)) await this.registerAgain(signal);
      }
    }
  }

  /**
   * Leaves the list, and returns jobs.
   *
   * @param jobIds the worker's remaining jobs.
   */
  async leave(jobIds: readonly string[]): Promise<void> {
    const { controlPlane, logger } = this.#options;
    const limit = { timeoutMs: leaveTimeoutMs };
    try {
      if (this.#id !== null) await controlPlane.workers.drain(this.#id, limit);
      else {
        await Promise.all(jobIds.map((id) => controlPlane.setStatus(id, "Pending", limit)));
      }
      if (jobIds.length > 0) logger.info({ jobIds }, "Handed back what was not finished.");
    } catch (error) {
      const message =
        jobIds.length === 0
          ? "The control plane was not told that this worker stops"
          : "Jobs could not be handed back and stay with this worker until the control plane misses its heartbeats";
      logger.warn({ err: error, jobIds }, `${message}: ${messageOf(error)}`);
    }
  }
}
