import type { Job } from "../control-plane/types.ts";
import { ConflictError, NotFoundError, ServerRefusedError } from "../errors/refusals.ts";
import { FlawlessRunner } from "./flawless-runner.ts";
import { requestIdOf } from "./job-start.ts";
import type { ResolvedWorkerOptions } from "./options.ts";
import { mayPass } from "./passing.ts";
import type { Retrier } from "./retrier.ts";
import { messageOf } from "./failure-log.ts";
import type { JobOutcome } from "./types.ts";

/** mvm-ci's refusals don't distinguish permanent from transient failures. */
const maxRefusals = 5;

/** Control planes accept this much, and a reason is for people to read. */
const maxReasonLength = 8000;

/** Runs claimed jobs, and reports their results to the control plane. */
export class JobProcessor {
  readonly #options: ResolvedWorkerOptions;
  readonly #retrier: Retrier;
  readonly #flawless: FlawlessRunner | null;

  constructor(options: ResolvedWorkerOptions, retrier: Retrier) {
    const { flawless } = options;
    this.#options = options;
    this.#retrier = retrier;
    this.#flawless = flawless === undefined ? null : new FlawlessRunner(flawless, options, retrier);
  }

  /** Waits until jobs can run. */
  async prepare(signal: AbortSignal): Promise<void> {
    await this.#flawless?.prepare(signal);
  }

  /**
   * Runs a job. Never throws.
   *
   * @param signal aborted when the job is returned; nothing is reported about it afterwards.
   */
  async process(job: Job, signal: AbortSignal): Promise<void> {
    const { logger } = this.#options;
    const fields = { jobId: job.id, requestId: requestIdOf(job) };
    try {
      if (!(await this.#begin(job, signal))) return;
      const outcome = await this.#run(job, signal);
      if (signal.aborted) return;
      if (outcome.status === "Completed" || outcome.status === "Failed") {
        await this.#report(job, outcome, signal);
      }
      if (outcome.status === "Failed") {
        logger.error({ ...fields, reason: outcome.reason }, `The job failed: ${outcome.reason}`);
      } else {
        logger.info(fields, "The job is done.");
      }
    } catch (error) {
      if (signal.aborted) return;
      logger.error(
        { ...fields, err: error },
        `The job's end could not be told: ${messageOf(error)}`,
      );
    }
  }

  /** @returns whether the job must still be run. */
  async #begin(job: Job, signal: AbortSignal): Promise<boolean> {
    const { controlPlane, logger } = this.#options;
    try {
      await controlPlane.setStatus(job.id, "InProgress", { signal });
      return true;
    } catch (error) {
      const gone = NotFoundError.is(error) || ConflictError.is(error);
      if (!signal.aborted) {
        const goingOn = gone ? "It is left alone." : "It is done all the same.";
        const message = `The job could not be set to InProgress: ${messageOf(error)} ${goingOn}`;
        logger.warn({ jobId: job.id, err: error }, message);
      }
      return !gone && !signal.aborted;
    }
  }

  async #run(job: Job, signal: AbortSignal): Promise<JobOutcome> {
    if (this.#flawless !== null) return await this.#flawless.run(job, signal);
    try {
      await this.#options.run?.(job, { signal });
      return { status: "Completed" };
    } catch (error) {
      return { status: "Failed", reason: messageOf(error) };
    }
  }

  async #report(
    job: Job,
    outcome: Extract<JobOutcome, { readonly status: "Completed" | "Failed" }>,
    signal: AbortSignal,
  ): Promise<void> {
    const errorMessage = outcome.status === "Failed" ? shorten(outcome.reason) : undefined;
    let refusals = 0;
    await this.#retrier.untilItWorks(
      "Telling how jobs ended",
      () => this.#options.controlPlane.setStatus(job.id, outcome.status, { errorMessage, signal }),
      signal,
      (error) => {
        if (ServerRefusedError.is(error)) refusals += 1;
        return mayPass(error) && refusals < maxRefusals;
      },
    );
  }
}

function shorten(reason: string): string {
  return reason.length <= maxReasonLength
    ? reason
    : `${reason.slice(0, maxReasonLength).toWellFormed()} [${reason.length} characters in all]`;
}
