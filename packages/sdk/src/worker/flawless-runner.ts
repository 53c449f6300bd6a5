import type { DeployedModule } from "../client/deployed-module.ts";
import type { Completion, WorkflowHandle } from "../client/workflow-handle.ts";
import type { Job } from "../control-plane/types.ts";
import { FlawlessConnectionError } from "../errors/connection-errors.ts";
import { NotSupportedByServerError } from "@flawless-ts/wasm-module/internal/client-values";
import { WorkflowCancelledError, WorkflowFailedError } from "../errors/refusals.ts";
import type { Flawless } from "../flawless.ts";
import { labelsOfJob } from "./job-labels.ts";
import {
  checkJobWorkflow,
  crawlerStart,
  idempotencyKeyOf,
  isContract,
  isUnderOtherName,
  requestIdOf,
  standInStart,
} from "./job-start.ts";
import type { ResolvedWorkerOptions } from "./options.ts";
import { mayPass } from "./passing.ts";
import type { Retrier } from "./retrier.ts";
import { messageOf } from "./failure-log.ts";
import type { JobOutcome, JobStart } from "./types.ts";

const startTimeoutMs = 30_000;

/** Runs jobs as workflows on a Flawless server. */
export class FlawlessRunner {
  readonly #flawless: Flawless;
  readonly #options: ResolvedWorkerOptions;
  readonly #retrier: Retrier;

  constructor(flawless: Flawless, options: ResolvedWorkerOptions, retrier: Retrier) {
    this.#flawless = flawless;
    this.#options = options;
    this.#retrier = retrier;
  }

  /** Waits until the server responds, and deploys the worker's modules. */
  async prepare(signal: AbortSignal): Promise<void> {
    const reach = `Reaching Flawless at ${this.#flawless.url}`;
    await this.#retrier.untilItWorks(reach, () => this.#flawless.version({ signal }), signal);
    for (const module of this.#options.modules) {
      const deploy = (): Promise<unknown> => this.#flawless.deploy(module, { signal });
      await this.#retrier.untilItWorks("Deploying modules", deploy, signal);
    }
  }

  /**
   * Runs a job, however long Flawless is down meanwhile: if it is unknown whether a job ran, it must not be started
   * again without its idempotency key.
   *
   * @param signal ends the wait, not the workflow: the next worker that gets the job finds the workflow by its key.
   */
  async run(job: Job, signal: AbortSignal): Promise<JobOutcome> {
    const { toStart } = this.#options;
    try {
      if (toStart === undefined) return await this.#crawl(job, crawlerStart(job), signal);
      const start =
        typeof toStart === "function" ? toStart(job) : { ...toStart, input: job.payload };
      checkJobWorkflow(start);
      return await this.#runStart(job, start, signal);
    } catch (error) {
      return outcomeOf(error, signal);
    }
  }

  /** Runs `crawler` 0.1.8, or its stand-in if that isn't deployed. */
  async #crawl(job: Job, start: JobStart, signal: AbortSignal): Promise<JobOutcome> {
    try {
      return await this.#runStart(job, start, signal);
    } catch (error) {
      if (signal.aborted || !isUnderOtherName(error)) throw error;
      try {
        return await this.#runStart(job, standInStart(start), signal);
      } catch (other) {
        throw isUnderOtherName(other) ? error : other;
      }
    }
  }

  async #runStart(job: Job, start: JobStart, signal: AbortSignal): Promise<JobOutcome> {
    const workflow = await this.#startOnce(job, start, signal);
    return workflow === null
      ? await this.#runOnOriginal(job, start, signal)
      : await this.#waitForEnd(job, workflow, signal);
  }

  /** @returns `null` if the server doesn't support idempotency keys; then nothing was started. */
  async #startOnce(job: Job, start: JobStart, signal: AbortSignal): Promise<WorkflowHandle | null> {
    const idempotencyKey = start.idempotencyKey ?? idempotencyKeyOf(job);
    const attempt = (): Promise<WorkflowHandle> =>
      this.#moduleOf(start).start(start.workflow, start.input, {
        idempotencyKey,
        labels: labelsOfJob(job, this.#options.controlPlane.url, start.labels),
        requestId: requestIdOf(job),
        timeoutMs: startTimeoutMs,
        signal,
      });
    try {
      return await this.#retrier.untilItWorks("Starting workflows", attempt, signal);
    } catch (error) {
      if (NotSupportedByServerError.is(error)) return null;
      throw error;
    }
  }

  async #waitForEnd(job: Job, workflow: WorkflowHandle, signal: AbortSignal): Promise<JobOutcome> {
    this.#options.logger.info(
      { jobId: job.id, workflowId: workflow.id, requestId: requestIdOf(job) },
      "The job's workflow runs.",
    );
    const wait = (): Promise<Completion> => workflow.completion({ signal });
    const completion = await this.#retrier.untilItWorks("Waiting for workflows", wait, signal);
    switch (completion.status) {
      case "completed":
        return { status: "Completed" };
      case "failed": {
        const { code, message } = completion.error;
        return failed(`The workflow ${workflow.id} failed (${code}): ${message}`);
      }
      case "cancelled":
        return failed(`The workflow ${workflow.id} was cancelled.`);
    }
  }

  /** The original server returns only a response, and each start starts a new workflow. */
  async #runOnOriginal(job: Job, start: JobStart, signal: AbortSignal): Promise<JobOutcome> {
    const neverSent = (error: unknown): boolean =>
      FlawlessConnectionError.is(error) && !error.maybeSent && mayPass(error);
    const { workflow, responded } = await this.#retrier.untilItWorks(
      "Starting workflows",
      // A workflow may take a while to respond.
      () =>
        this.#moduleOf(start).executeWithHandle(start.workflow, start.input, {
          requestId: requestIdOf(job),
          timeoutMs: Infinity,
          signal,
        }),
      signal,
      neverSent,
    );
    return responded ? { status: "Completed" } : await this.#watch(job, workflow.id, signal);
  }

  /** Waits until the workflow has updated its job with `POST /ui-update`. */
  async #watch(job: Job, workflowId: string, signal: AbortSignal): Promise<JobOutcome> {
    const { controlPlane, idleDelayMs, unknownEndMs } = this.#options;
    const looks = Math.ceil(unknownEndMs / idleDelayMs);
    for (let look = 0; look < looks; look += 1) {
      await this.#retrier.wait(idleDelayMs, signal);
      if (signal.aborted) return { status: "handed-back" };
      const find = (): Promise<Job | null> => controlPlane.job(job.id, { signal });
      const found = await this.#retrier.untilItWorks("Looking after jobs", find, signal);
      const status = found?.status ?? "Failed";
      if (status === "Completed" || status === "Failed") return { status: "moved" };
    }
    return failed(
      `The workflow ${workflowId} did not move the job by POST /ui-update within ${unknownEndMs} ms, and the original Flawless server at ${this.#flawless.url} does not tell how it ended.`,
    );
  }

  #moduleOf({ module, version = "" }: JobStart): DeployedModule {
    if (typeof module === "string") return this.#flawless.module(module, version);
    return isContract(module)
      ? (this.#flawless.module(module) as DeployedModule)
      : this.#flawless.module(module.name, module.version);
  }
}

function failed(reason: string): JobOutcome {
  return { status: "Failed", reason };
}

function outcomeOf(error: unknown, signal: AbortSignal): JobOutcome {
  if (signal.aborted) return { status: "handed-back" };
  if (FlawlessConnectionError.is(error) && error.maybeSent) {
    return failed(
      `${error.message} The workflow may run: it was not started again, because this server would run it twice.`,
    );
  }
  if (WorkflowFailedError.is(error) || WorkflowCancelledError.is(error)) {
    return failed(`${error.message} (workflow ${error.workflowId ?? "unknown"})`);
  }
  return failed(messageOf(error));
}
