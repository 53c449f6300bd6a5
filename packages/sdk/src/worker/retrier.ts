import type { ResolvedWorkerOptions } from "./options.ts";
import { mayPass } from "./passing.ts";
import type { FailureLog } from "./failure-log.ts";

/** The options that determine how a worker waits. */
export type RetrierOptions = Pick<ResolvedWorkerOptions, "sleep" | "random" | "errorDelayMs">;

/** Waits and retries, so that a worker survives transient failures. */
export class Retrier {
  readonly #options: RetrierOptions;
  readonly #failures: FailureLog;

  constructor(options: RetrierOptions, failures: FailureLog) {
    this.#options = options;
    this.#failures = failures;
  }

  /** Waits for about this many milliseconds, or until the signal is aborted, whichever comes first. */
  async wait(milliseconds: number, signal: AbortSignal): Promise<void> {
    // Up to a quarter more or less, so that many workers don't send requests at the same moment.
    const spread = milliseconds * (0.75 + this.#options.random() / 2);
    await this.waitExactly(spread, signal);
  }

  /** Waits for exactly this many milliseconds, or until the signal is aborted. */
  async waitExactly(milliseconds: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    try {
      await this.#options.sleep(milliseconds, signal);
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  /**
   * Retries an action until it works.
   *
   * @param activity the action's name, for the log: "Registering".
   * @param signal ends the retries; then the last error is thrown.
   * @param isPassing whether to retry after this error. Default: {@link mayPass}.
   */
  async untilItWorks<T>(
    activity: string,
    attempt: () => Promise<T>,
    signal: AbortSignal,
    isPassing: (error: unknown) => boolean = mayPass,
  ): Promise<T> {
    for (;;) {
      try {
        const result = await attempt();
        this.#failures.worked(activity);
        return result;
      } catch (error) {
        if (signal.aborted || !isPassing(error)) throw error;
        this.#failures.failed(activity, error, "Trying again until it works.");
        await this.wait(this.#options.errorDelayMs, signal);
        if (signal.aborted) throw error;
      }
    }
  }
}
