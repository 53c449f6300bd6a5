import { optionNames, refuseUnknownOptions } from "@flawless-ts/wasm-module/internal/client";
import type { Job } from "../control-plane/types.ts";
import { ClientClosedError } from "../errors/usage-errors.ts";
import { NotFoundError } from "../errors/refusals.ts";
import { JobProcessor } from "./job-processor.ts";
import { checkedGrace, resolveWorkerOptions, type ResolvedWorkerOptions } from "./options.ts";
import { Retrier } from "./retrier.ts";
import { Registration } from "./registration.ts";
import { FailureLog } from "./failure-log.ts";
import type { WorkerOptions } from "./types.ts";

/** Options of `close`. */
export interface CloseOptions {
  /**
   * How long jobs may take to finish before they are returned, in milliseconds. Default: the worker's `closeGraceMs`.
   */
  readonly graceMs?: number | undefined;
}

const closeOptionNames = optionNames<CloseOptions>({ graceMs: true });

/**
 * Claims jobs from a control plane and runs each as a workflow on a Flawless server, until it is closed.
 *
 * ```ts
 * await using worker = new Worker({ controlPlane, flawless, concurrency: 4 });
 * process.once("SIGTERM", () => void worker.close());
 * await worker.run();
 * ```
 *
 * A job that is assigned twice, because a worker or the control plane died, runs once on @flawless-ts/server, because
 * its start has an idempotency key. If a server is down, calls are retried; the log says when that begins and ends.
 */
export class Worker implements AsyncDisposable {
  readonly #options: ResolvedWorkerOptions;
  readonly #failures: FailureLog;
  readonly #retrier: Retrier;
  readonly #registration: Registration;
  readonly #processor: JobProcessor;
  /** Aborted: no more jobs are claimed. */
  readonly #stopping: AbortController = new AbortController();
  /** Aborted: held jobs are returned. */
  readonly #handBack: AbortController = new AbortController();
  /** Aborted: the worker is done. */
  readonly #done: AbortController = new AbortController();
  /** The held jobs, by id. */
  readonly #held: Map<string, Promise<void>> = new Map();
  #running: Promise<void> | null = null;
  /** Ends the wait for a free place. */
  #wake: () => void = () => undefined;

  /** @throws {InvalidOptionError} naming the first option that is invalid or contradicts another. */
  constructor(options: WorkerOptions) {
    this.#options = resolveWorkerOptions(options);
    this.#failures = new FailureLog(this.#options.logger);
    this.#retrier = new Retrier(this.#options, this.#failures);
    this.#registration = new Registration(this.#options, this.#retrier, this.#failures);
    this.#processor = new JobProcessor(this.#options, this.#retrier);
  }

  /** The worker's id: its own, or once it is registered, the one that the control plane assigned. */
  get id(): string {
    return this.#registration.id;
  }

  /** The number of jobs it has now. */
  get activeJobs(): number {
    return this.#held.size;
  }

  /**
   * Works until the worker is closed. Calling it again returns the same promise.
   *
   * @throws {FlawlessError} for an unrecoverable error before the first job is claimed, such as a wrong token or a
   * refused module.
   * @throws {ClientClosedError} if a client that it needs is closed.
   */
  run(): Promise<void> {
    this.#running ??= this.#work();
    return this.#running;
  }

  /**
   * Claims no more jobs, lets its jobs finish for a while, and then returns the rest. Another call with a shorter
   * `graceMs` shortens that time. Errors of `run` are thrown only by `run`.
   *
   * @throws {InvalidOptionError} if `graceMs` is invalid.
   */
  async close(options: CloseOptions = {}): Promise<void> {
    refuseUnknownOptions(options, closeOptionNames);
    const graceMs = checkedGrace("graceMs", options.graceMs ?? this.#options.closeGraceMs);
    this.#stopping.abort();
    this.#wake();
    const over = this.#retrier
      .waitExactly(graceMs, this.#done.signal)
      .then(() => this.#handBack.abort());
    await this.run().catch(() => undefined);
    await over;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #work(): Promise<void> {
    const { signal, closeClients, controlPlane, flawless } = this.#options;
    const onAbort = (): void => void this.close();
    signal?.addEventListener("abort", onAbort);
    if (signal?.aborted === true) this.#stopping.abort();
    try {
      if (!this.#stopping.signal.aborted) await this.#prepareAndWork();
    } finally {
      this.#done.abort();
      signal?.removeEventListener("abort", onAbort);
      if (closeClients === true) await Promise.all([controlPlane.close(), flawless?.close()]);
    }
  }

  async #prepareAndWork(): Promise<void> {
    const stopping = this.#stopping.signal;
    try {
      await this.#processor.prepare(stopping);
      await this.#registration.register(stopping, this.#handBack.signal);
    } catch (error) {
      if (stopping.aborted) return;
      throw error;
    }
    const leaving = new AbortController();
    const alive = this.#registration.keepAlive(() => this.#held.size, leaving.signal);
    try {
      await this.#claimJobs();
    } finally {
      await this.#finishJobs();
      leaving.abort();
      await alive;
      await this.#registration.leave([...this.#held.keys()]);
    }
  }

  async #claimJobs(): Promise<void> {
    const { concurrency, idleDelayMs, errorDelayMs } = this.#options;
    const stopping = this.#stopping.signal;
    while (!stopping.aborted) {
      if (this.#held.size >= concurrency) {
        await new Promise<void>((resolve) => void (this.#wake = resolve));
        continue;
      }
      try {
        const job = await this.#claim();
        if (job === null) await this.#retrier.wait(idleDelayMs, stopping);
        else this.#take(job);
      } catch (error) {
        if (ClientClosedError.is(error)) throw error;
        if (stopping.aborted) return;
        this.#failures.failed("Claiming jobs", error, "Trying again until it works.");
        if (NotFoundError.is(error)) await this.#registration.registerAgain(stopping);
        await this.#retrier.wait(errorDelayMs, stopping);
      }
    }
  }

  async #claim(): Promise<Job | null> {
    const { controlPlane, type } = this.#options;
    const job = await controlPlane.claim({
      workerId: this.#registration.id,
      workerType: type,
      // Not `stopping`: the server may have assigned a job that nobody would know about.
      signal: this.#handBack.signal,
    });
    this.#failures.worked("Claiming jobs");
    return job;
  }

  #take(job: Job): void {
    if (this.#held.has(job.id)) {
      // The server considered this worker dead meanwhile. The running attempt ends the job.
      this.#options.logger.warn(
        { jobId: job.id },
        "The job was handed out again while it runs here.",
      );
      return;
    }
    const ended = this.#processor.process(job, this.#handBack.signal).then(() => {
      if (!this.#handBack.signal.aborted) this.#held.delete(job.id);
      this.#wake();
    });
    this.#held.set(job.id, ended);
  }

  /** Waits until no job is left, or the remaining ones must be returned. */
  async #finishJobs(): Promise<void> {
    const { signal } = this.#handBack;
    if (this.#held.size === 0 || signal.aborted) return;
    // After a fatal error, nobody has called `close`.
    if (!this.#stopping.signal.aborted) void this.close();
    await new Promise<void>((resolve) => {
      signal.addEventListener("abort", () => resolve());
      void Promise.all(this.#held.values()).then(() => resolve());
    });
  }
}
